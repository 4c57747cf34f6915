export { Durations } from './durations.js'
export {
  addedUnits,
  type FuelCounts,
  type FunctionUnits,
  readFunctionUnits,
  unitsSince,
} from './function-units.js'
export { type HostStats, sumOfStats } from './host-stats.js'
export { type Circuit, type PluginStats, statsOf } from './plugin-stats.js'
export { Totals } from './totals.js'
export { added, type Counts, type Meter, NOTHING } from './used.js'
