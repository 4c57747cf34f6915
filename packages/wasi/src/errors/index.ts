import { describeErrors } from '@wasm-plugin/runtime/errors'
import { grantErrorTable } from './grant-codes.js'
import { pluginErrorTable } from './plugin-codes.js'

export { errors } from './grant-codes.js'

/** Every code of this package. */
export const wasiErrorTable = { ...grantErrorTable, ...pluginErrorTable } as const
/** The same, for `docs/errors.md`. */
export const wasiErrorDocs = describeErrors(wasiErrorTable)
