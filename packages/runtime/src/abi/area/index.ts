export { type AreaLimits, ValueArea } from './area.js'
export { type AreaCall, type AreaOutcome, areaCall, type CallAreas } from './call.js'
export { type AreaCodec, areaCodec } from './codec.js'
export { asEntry } from './entry.js'
