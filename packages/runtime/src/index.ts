export {
  type CheckedComponent,
  type ComponentDefinition,
  type CoreModule,
  type CustomSection,
  type Definition,
  decodeComponent,
} from './binary/index.js'
export * from './errors/index.js'
export {
  type CompileLimits,
  defaultCompileLimits,
  defaultInstanceLimits,
  type InstanceLimits,
} from './limits/options.js'
export type * from './types/index.js'
export {
  alignOf,
  alignTo,
  casesOf,
  discriminantSize,
  fieldOffsets,
  flattenFunc,
  flattenType,
  flattenTypes,
  joinFlat,
  layoutOf,
  payloadOffset,
  primitives,
  sizeOf,
} from './types/index.js'
