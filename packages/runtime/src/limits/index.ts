export { type ClampLimits, clampCoreModule } from './clamp.js'
export {
  type CompileLimits,
  defaultCompileLimits,
  defaultInstanceLimits,
  type InstanceLimits,
} from './options.js'
