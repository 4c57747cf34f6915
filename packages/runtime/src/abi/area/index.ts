export { type AreaLimits, ValueArea } from './area.js'
export { type AreaCodec, areaCodec } from './codec.js'
