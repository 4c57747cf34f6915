import { errors, type PluginError } from '../errors/index.js'
import { type AsyncType, casesOf, type FuncType, flattenFunc, type ValueType } from '../types/index.js'

/** The refusal of a type that is decoded but not run. */
export function unsupportedType(type: AsyncType): PluginError {
  return errors.UNSUPPORTED_FEATURE({ feature: `the type ${type.kind}` })
}

/** Whether a call of `type` touches the guest's memory. */
export function usesMemory(type: FuncType): boolean {
  return valueTypesOf(type).some((value) => mentions(value, MEMORY_KINDS)) || isSpilled(type)
}

/** Whether a call of `type` lends handles. */
export function hasBorrow(type: FuncType): boolean {
  return valueTypesOf(type).some((value) => mentions(value, BORROW))
}

type Kinds = ReadonlySet<ValueType['kind']>

const MEMORY_KINDS: Kinds = new Set(['string', 'list'])
const BORROW: Kinds = new Set(['borrow'])

function isSpilled(type: FuncType): boolean {
  const flat = flattenFunc(type, 'lift')
  return flat.paramsInMemory || flat.resultInMemory
}

function valueTypesOf(type: FuncType): ValueType[] {
  const types = type.params.map((param) => param.type)
  return type.result === null ? types : [...types, type.result]
}

function mentions(type: ValueType | null, kinds: Kinds, seen = new Set<ValueType>()): boolean {
  if (type === null || seen.has(type)) return false
  seen.add(type)
  if (kinds.has(type.kind)) return true
  return partsOf(type).some((part) => mentions(part, kinds, seen))
}

function partsOf(type: ValueType): readonly (ValueType | null)[] {
  switch (type.kind) {
    case 'list':
      return [type.element]
    case 'record':
      return type.fields.map((field) => field.type)
    case 'tuple':
      return type.items
    case 'variant':
    case 'option':
    case 'result':
      return casesOf(type).map((c) => c.type)
    default:
      return []
  }
}
