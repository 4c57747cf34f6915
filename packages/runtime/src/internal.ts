export {
  type AreaCall,
  type AreaCodec,
  type AreaLimits,
  type AreaOutcome,
  areaCall,
  areaCodec,
  type CallAreas,
  ValueArea,
} from './abi/area/index.js'
export { ASYNC_DISPOSE, DISPOSE } from './abi/dispose.js'
export { isBulk } from './abi/features.js'
export { findMismatch, type Mismatch, typeMismatch } from './abi/mismatch.js'
export {
  camelCase,
  type FunctionName,
  memberName,
  parseFunctionName,
  pascalCase,
  staticName,
} from './abi/names.js'
export { ownField } from './abi/own-field.js'
export { quick } from './abi/quick.js'
export { wrongResult } from './abi/result.js'
export { isTaggedOption } from './abi/tagged-option.js'
export { isDetached, type TypedArrayCodec, typedArrayOf, typedArrayTag } from './abi/typed-arrays.js'
export {
  type CheckedComponent,
  type CompileLimits,
  type ComponentDefinition,
  type CustomSection,
  type Definition,
  decodeComponent,
  defaultCompileLimits,
  type ModuleDefinition,
  refuseTypesOnly,
} from './binary/index.js'
export { preview1 } from './binary/preview1-names.js'
export { Reader as BinaryReader } from './binary/reader.js'
export { compileTransferred } from './compile/compile-transferred.js'
export type { CompileOptions, CompilePlatform, Pause } from './compile/options.js'
export type { TransferredComponent } from './compile/transferred.js'
export { Component } from './component.js'
export type { CoreModule } from './engine-types.js'
export * from './errors/index.js'
export { Instance, type InstantiateOptions } from './instance.js'
export { type Footprint, footprintOf } from './limits/footprint.js'
export {
  type ClampLimits,
  clampCoreModule,
  compileCostSteps,
  countFunctionsSteps,
  defaultInstanceLimits,
  exportMemories,
  exportStateSteps,
  FuelTank,
  fuelImport,
  type InstanceLimits,
  interruptibleSteps,
  lowerConstants,
  meterCoreModule,
  OriginalCode,
  withSourceMap,
} from './limits/index.js'
export { atOnce } from './limits/steps.js'
export type { ExportObject } from './link/exports.js'
export type { ImportObject } from './link/imports.js'
export { originalModules } from './original-modules.js'
export type { Restoring } from './state/restore.js'
export type { SaveOptions } from './state/save.js'
export type * from './types/index.js'
export {
  alignOf,
  alignTo,
  casesOf,
  childTypes,
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
