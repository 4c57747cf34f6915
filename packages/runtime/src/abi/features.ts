import { errors, type PluginError } from '../errors/index.js'
import { type AsyncType, childTypes, type FuncType, flattenFunc, type ValueType } from '../types/index.js'
import { typedArrayOf } from './typed-arrays.js'

/** The refusal of a type that is decoded but not run. */
export function unsupportedType(type: AsyncType): PluginError {
  return errors.UNSUPPORTED_FEATURE({ feature: `the type ${type.kind}` })
}

/** Whether a call of `type` touches the guest's memory. */
export function usesMemory(type: FuncType): boolean {
  return childTypes(type).some((value) => mentions(value, MEMORY_KINDS)) || isSpilled(type)
}

/** Whether a call of `type` lends handles. */
export function hasBorrow(type: FuncType): boolean {
  return childTypes(type).some((value) => mentions(value, BORROW))
}

/** Whether a value of `type` is an object in JS, which may throw when it is read. */
export function isRead(type: ValueType): boolean {
  return mentions(type, READ_KINDS) || (type.kind === 'option' && type.element.kind === 'option')
}

/** Whether a value of `type` is all there is to it: no part is a handle, or a value to come. */
export function isPlain(type: ValueType): boolean {
  return !mentions(type, REFERENCE_KINDS)
}

/** Whether a value of `type` is a few things however large it is, since its texts and lists of numbers are one each. */
export function isBulk(type: ValueType): boolean {
  return mentions(type, MEMORY_KINDS) && !has(type, isListOfParts)
}

function isListOfParts(type: ValueType): boolean {
  return type.kind === 'list' && typedArrayOf(type.element.kind) === undefined
}

type Kinds = ReadonlySet<ValueType['kind']>

const MEMORY_KINDS: Kinds = new Set(['string', 'list'])
const READ_KINDS: Kinds = new Set(['list', 'record', 'tuple', 'variant', 'flags', 'result', 'own', 'borrow'])
const REFERENCE_KINDS: Kinds = new Set(['own', 'borrow', 'stream', 'future', 'error-context', 'map'])
const BORROW: Kinds = new Set(['borrow'])

function isSpilled(type: FuncType): boolean {
  const flat = flattenFunc(type, 'lift')
  return flat.paramsInMemory || flat.resultInMemory
}

function mentions(type: ValueType, kinds: Kinds): boolean {
  return has(type, ({ kind }) => kinds.has(kind))
}

/** A type may have another one many times in many ways, and each part is looked at once. */
function has(type: ValueType, is: (part: ValueType) => boolean, seen = new Set<ValueType>()): boolean {
  if (seen.has(type)) return false
  seen.add(type)
  return is(type) || childTypes(type).some((part) => has(part, is, seen))
}
