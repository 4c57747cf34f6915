import { describeErrors } from '@wasm-plugin/runtime/errors'
import { failureTable } from './failures.js'
import { usageErrorTable } from './usage.js'

export { exitOf } from './exits.js'
export { failures } from './failures.js'
export { fromSystemError, refusedBySystem } from './system.js'
export { usageErrors, usageErrorTable } from './usage.js'

/** Every code that the command throws by itself, for `docs/errors.md`. */
export const cliErrorDocs = [...describeErrors(usageErrorTable), ...describeErrors(failureTable)]
