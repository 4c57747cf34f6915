export { type AreaLimits, ValueArea } from './area.js'
export { type AreaCall, type AreaOutcome, areaCall, type CallAreas, isEntry } from './call.js'
export { type AreaCodec, areaCodec } from './codec.js'
