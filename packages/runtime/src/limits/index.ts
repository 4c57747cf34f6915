export { type ClampLimits, clampCoreModule } from './clamp.js'
export { computesConstants } from './constants/engine.js'
export { lowerConstants } from './constants/lower.js'
export { fuelImport, meterCoreModule } from './fuel/meter.js'
export { FuelTank } from './fuel/tank.js'
export {
  type CompileLimits,
  defaultCompileLimits,
  defaultInstanceLimits,
  type InstanceLimits,
} from './options.js'
