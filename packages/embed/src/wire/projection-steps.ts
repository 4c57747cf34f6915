import type { ValueType } from '@wasm-plugin/runtime'
import {
  camelCase,
  casesOf,
  isTaggedOption,
  ownField,
  sizeOf,
  typedArrayOf,
} from '@wasm-plugin/runtime/internal'
import { type Crossing, isObject, MISFIT, projectionOf } from './projection.js'
import { Room } from './room.js'
import { OBJECT, TYPED_ARRAY, weightOfBytes, weightOfLeaf, weightOfName } from './weight.js'

/** Elements that are one step. */
const STEP = 256
/** The same of numbers. */
const NUMBERS = 16_384

// biome-ignore lint/suspicious/noExplicitAny: the component type, not TypeScript's, says what it is
type JsValue = any
type Steps = (value: JsValue, to: Crossing) => Generator<void, unknown>

/** Null for a type whose values have no lists: they are one step. */
const known = new WeakMap<ValueType, Steps | null>()

/** The same copy as `projectionOf` makes, in steps, since it may be large. What is not of its type is refused by that. */
export function* projectInSteps(type: ValueType, value: unknown, to: Crossing): Generator<void, unknown> {
  const steps = stepsOf(type)
  return steps === null ? projectionOf(type)(value, to) : yield* steps(value, to)
}

function stepsOf(type: ValueType): Steps | null {
  let steps = known.get(type)
  if (steps === undefined) {
    steps = makeSteps(type)
    known.set(type, steps)
  }
  return steps
}

function makeSteps(type: ValueType): Steps | null {
  switch (type.kind) {
    case 'list':
      return typedArrayOf(type.element.kind) === undefined ? listSteps(type.element) : numberSteps(type)
    case 'record':
      return fieldSteps(type.fields.map(({ name, type }) => [camelCase(name), type]))
    case 'tuple':
      return itemSteps(type.items)
    case 'option':
      return isTaggedOption(type) ? caseSteps([['none', null], ['some', type.element]]) : optionSteps(type.element) // biome-ignore format: a table
    case 'result':
      return caseSteps(casesOf(type).map(({ type }, i) => [i === 0 ? 'ok' : 'err', type]))
    case 'variant':
      return caseSteps(type.cases.map(({ name, type }) => [name, type]))
    default:
      return null
  }
}

function listSteps(element: ValueType): Steps {
  const steps = stepsOf(element)
  const project = projectionOf(element)
  return function* (value, to) {
    if (!Array.isArray(value)) throw MISFIT
    const { length } = value
    to.room.require(length)
    to.room.take(OBJECT)
    const copy: unknown[] = []
    for (let i = 0; i < length; i++) {
      copy.push(steps === null ? project(value[i], to) : yield* steps(value[i], to))
      if (copy.length % STEP === 0) yield
    }
    return copy
  }
}

function numberSteps(type: Extract<ValueType, { kind: 'list' }>): Steps {
  const project = projectionOf(type)
  const size = sizeOf(type.element)
  const codec = typedArrayOf(type.element.kind)
  return function* (value, to) {
    if (!Array.isArray(value) || value.length <= NUMBERS || codec === undefined) return project(value, to)
    const { length } = value
    to.room.require(length)
    to.room.take(TYPED_ARRAY + weightOfBytes(length * size))
    const array = codec.copy(new Uint8Array(length * size), 0, length)
    const taken = { ...to, room: new Room(Number.POSITIVE_INFINITY) }
    for (let at = 0; at < length; at += NUMBERS) {
      array.set(
        project(Array.prototype.slice.call(value, at, Math.min(at + NUMBERS, length)), taken) as never,
        at,
      )
      yield
    }
    return array
  }
}

function fieldSteps(fields: readonly (readonly [string, ValueType])[]): Steps | null {
  if (!fields.some(([, type]) => stepsOf(type))) return null
  const weight = fields.reduce((sum, [name]) => sum + weightOfName(name), OBJECT)
  return function* (value, to) {
    if (!isObject(value)) throw MISFIT
    to.room.take(weight)
    const copy: Record<string, unknown> = {}
    for (const [name, type] of fields) copy[name] = yield* projectInSteps(type, ownField(value, name), to)
    return copy
  }
}

function itemSteps(items: readonly ValueType[]): Steps | null {
  if (!items.some(stepsOf)) return null
  return function* (value, to) {
    if (!Array.isArray(value) || value.length !== items.length) throw MISFIT
    to.room.take(OBJECT)
    const copy: unknown[] = []
    for (const [i, type] of items.entries()) copy.push(yield* projectInSteps(type, value[i], to))
    return copy
  }
}

function optionSteps(element: ValueType): Steps | null {
  const steps = stepsOf(element)
  if (steps === null) return null
  return function* (value, to) {
    if (value !== undefined && value !== null) return yield* steps(value, to)
    to.room.take(1)
    return undefined
  }
}

function caseSteps(cases: readonly (readonly [string, ValueType | null])[]): Steps | null {
  if (!cases.some(([, type]) => type && stepsOf(type))) return null
  const byTag = new Map(cases)
  return function* (value, to) {
    if (!isObject(value)) throw MISFIT
    const { tag } = value as JsValue
    const type = byTag.get(tag)
    if (type === undefined) throw MISFIT
    to.room.take(OBJECT + weightOfLeaf(tag))
    return type === null ? { tag } : { tag, val: yield* projectInSteps(type, (value as JsValue).val, to) }
  }
}
