export { childTypes } from './children.js'
export type * from './extern-type.js'
export {
  type FlatFunc,
  type FlatType,
  flattenFunc,
  flattenType,
  flattenTypes,
  joinFlat,
  MAX_FLAT_PARAMS,
  MAX_FLAT_RESULTS,
} from './flatten.js'
export {
  alignOf,
  alignTo,
  casesOf,
  discriminantSize,
  fieldOffsets,
  type Layout,
  layoutOf,
  type PointerSize,
  payloadOffset,
  sizeOf,
} from './layout.js'
export * from './value-type.js'
