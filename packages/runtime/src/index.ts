export * from './errors/index.js'
export {
  type CompileLimits,
  defaultCompileLimits,
  defaultInstanceLimits,
  type InstanceLimits,
} from './limits/options.js'
export type * from './types/index.js'
export { primitives } from './types/index.js'
