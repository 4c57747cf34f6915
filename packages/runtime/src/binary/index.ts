export { decodeComponent, refuseTypesOnly } from './decode.js'
export type * from './definition.js'
