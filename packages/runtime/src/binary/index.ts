export { decodeComponent, decodeSteps, refuseTypesOnly } from './decode.js'
export type * from './definition.js'
export { type CompileLimits, defaultCompileLimits } from './options.js'
