import type { CoreFuncType, FuncType } from './extern-type.js'
import { casesOf } from './layout.js'
import type { ValueType } from './value-type.js'

/** The core types that the canonical ABI uses. */
export type FlatType = 'i32' | 'i64' | 'f32' | 'f64'

/** Parameters that pass as core values; more go through memory (CanonicalABI.md, "Flattening"). */
export const MAX_FLAT_PARAMS = 16
/** Results that pass as core values; more go through memory. */
export const MAX_FLAT_RESULTS = 1

/** A component function as a core function. */
export interface FlatFunc {
  readonly core: CoreFuncType & {
    readonly params: readonly FlatType[]
    readonly results: readonly FlatType[]
  }
  /** The parameters are a tuple in memory, and the only core parameter (before a return pointer) points to it. */
  readonly paramsInMemory: boolean
  /**
   * The result is in memory. `lift`: the core function returns the pointer. `lower`: the caller passes it as the
   * last parameter.
   */
  readonly resultInMemory: boolean
}

/**
 * Core signature of `type`: `lift` is what a core function must have to be lifted to it, `lower` is what the core
 * function has that lowering it makes. Synchronous ABI (CanonicalABI.md, `flatten_functype`).
 */
export function flattenFunc(type: FuncType, direction: 'lift' | 'lower'): FlatFunc {
  const memo = direction === 'lift' ? liftMemo : lowerMemo
  let flat = memo.get(type)
  if (flat === undefined) {
    flat = computeFlatFunc(type, direction)
    memo.set(type, flat)
  }
  return flat
}

/**
 * The core values that carry a value of `type`, or `null` when there are more than `MAX_FLAT_PARAMS`: such a value
 * never passes flat, and the bound keeps the cost of a hostile type at a constant per node.
 */
export function flattenType(type: ValueType): readonly FlatType[] | null {
  let flat = typeMemo.get(type)
  if (flat === undefined) {
    flat = computeFlatType(type)
    typeMemo.set(type, flat)
  }
  return flat
}

/** `flattenType` of several values in a row. */
export function flattenTypes(types: readonly ValueType[]): readonly FlatType[] | null {
  const flat: FlatType[] = []
  for (const type of types) {
    const part = flattenType(type)
    if (part === null || flat.length + part.length > MAX_FLAT_PARAMS) return null
    flat.push(...part)
  }
  return flat
}

/** The core type that can hold a value of either type, for the shared slots of a variant's cases. */
export function joinFlat(a: FlatType, b: FlatType): FlatType {
  if (a === b) return a
  if ((a === 'i32' && b === 'f32') || (a === 'f32' && b === 'i32')) return 'i32'
  return 'i64'
}

const liftMemo = new WeakMap<FuncType, FlatFunc>()
const lowerMemo = new WeakMap<FuncType, FlatFunc>()
const typeMemo = new WeakMap<ValueType, readonly FlatType[] | null>()

function computeFlatFunc(type: FuncType, direction: 'lift' | 'lower'): FlatFunc {
  const flatParams = flattenTypes(type.params.map((param) => param.type))
  const params: FlatType[] = flatParams === null ? ['i32'] : [...flatParams]
  const flatResult = type.result === null ? [] : flattenType(type.result)
  const resultInMemory = flatResult === null || flatResult.length > MAX_FLAT_RESULTS
  let results: readonly FlatType[] = flatResult ?? []
  if (resultInMemory && direction === 'lift') results = ['i32']
  if (resultInMemory && direction === 'lower') {
    params.push('i32')
    results = []
  }
  return { core: { kind: 'func', params, results }, paramsInMemory: flatParams === null, resultInMemory }
}

function computeFlatType(type: ValueType): readonly FlatType[] | null {
  switch (type.kind) {
    case 'bool':
    case 's8':
    case 'u8':
    case 's16':
    case 'u16':
    case 's32':
    case 'u32':
    case 'char':
    case 'enum':
    case 'flags':
    case 'own':
    case 'borrow':
    case 'stream':
    case 'future':
    case 'error-context':
      return ['i32']
    case 's64':
    case 'u64':
      return ['i64']
    case 'f32':
    case 'f64':
      return [type.kind]
    case 'string':
    case 'map':
      return ['i32', 'i32']
    case 'list':
      return type.length === undefined ? ['i32', 'i32'] : flattenFixedList(type.element, type.length)
    case 'record':
      return flattenTypes(type.fields.map((field) => field.type))
    case 'tuple':
      return flattenTypes(type.items)
    case 'variant':
    case 'option':
    case 'result':
      return flattenCases(casesOf(type).map((c) => c.type))
  }
}

function flattenFixedList(element: ValueType, length: number): readonly FlatType[] | null {
  return length > MAX_FLAT_PARAMS ? null : flattenTypes(new Array<ValueType>(length).fill(element))
}

function flattenCases(payloads: readonly (ValueType | null)[]): readonly FlatType[] | null {
  const joined: FlatType[] = []
  for (const payload of payloads) {
    const flat = payload === null ? [] : flattenType(payload)
    if (flat === null) return null
    flat.forEach((part, i) => {
      const other = joined[i]
      joined[i] = other === undefined ? part : joinFlat(other, part)
    })
  }
  return joined.length + 1 > MAX_FLAT_PARAMS ? null : ['i32', ...joined]
}
