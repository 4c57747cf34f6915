import { capabilityErrorDocs } from './capability-codes.js'
import { loadErrorDocs } from './codes.js'

export { errors, hostErrorTable } from './codes.js'

/** Every code of this package, for `docs/errors.md`. */
export const hostErrorDocs = [...loadErrorDocs, ...capabilityErrorDocs]
