import type { ValueType } from '@wasm-plugin/runtime'
import { camelCase } from './names.js'

/**
 * A value of the call scripts, the same in every place where a component runs:
 * - `u64`, `s64`: a string of digits. `f32`, `f64`: a number, or `"nan"`, `"inf"`, `"-inf"`, `"-0"`.
 * - record: an object by field. tuple and list: an array. flags: the labels that are set, in the order of the type.
 * - variant, result: `{ "case": payload or null }`. option: null or `{ "some": value }`.
 * - a resource of the host: `{ "entry": title }`; of the plugin: `"#1"`, `"#2"`, in the order of their appearance.
 */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** What values of a resource type are in JSON, and back. */
export interface Resources {
  toJson(resource: object): Json
  fromJson(json: Json, kind: 'own' | 'borrow'): object
}

/** From what the framework gives an application. */
export function toJson(type: ValueType, value: unknown, resources: Resources): Json {
  const inner = (part: ValueType | null, item: unknown) =>
    part === null ? null : toJson(part, item, resources)
  switch (type.kind) {
    case 's64':
    case 'u64':
      return String(value)
    case 'f32':
    case 'f64':
      return floatToJson(value as number)
    case 'list':
      return Array.from(value as Iterable<unknown>, (item) => inner(type.element, item))
    case 'tuple':
      return type.items.map((part, i) => inner(part, (value as unknown[])[i]))
    case 'record':
      return Object.fromEntries(
        type.fields.map((field) => [field.name, inner(field.type, member(value, field.name))]),
      )
    case 'flags':
      return type.labels.filter((label) => member(value, label) === true)
    case 'variant': {
      const { tag, val } = value as Tagged
      return { [tag]: inner(type.cases.find((c) => c.name === tag)!.type, val) }
    }
    case 'option': {
      if (!isTagged(type.element)) return value === undefined ? null : { some: inner(type.element, value) }
      const { tag, val } = value as Tagged
      return tag === 'none' ? null : { some: inner(type.element, val) }
    }
    case 'result': {
      const { tag, val } = value as Tagged
      return { [tag]: inner(tag === 'ok' ? type.ok : type.err, val) }
    }
    case 'own':
    case 'borrow':
      return resources.toJson(value as object)
    default:
      return value as Json
  }
}

/** To what an application gives the framework. */
export function fromJson(type: ValueType, json: Json, resources: Resources): unknown {
  const inner = (part: ValueType | null, item: Json | undefined) =>
    part === null ? undefined : fromJson(part, item ?? null, resources)
  switch (type.kind) {
    case 's64':
    case 'u64':
      return BigInt(json as string)
    case 'f32':
    case 'f64':
      return floatFromJson(json as number | string)
    case 'list':
      return listOf(
        type.element,
        (json as Json[]).map((item) => inner(type.element, item)),
      )
    case 'tuple':
      return type.items.map((part, i) => inner(part, (json as Json[])[i]))
    case 'record':
      return Object.fromEntries(
        type.fields.map((field) => [
          camelCase(field.name),
          inner(field.type, (json as Record<string, Json>)[field.name]),
        ]),
      )
    case 'flags':
      return Object.fromEntries(
        type.labels.map((label) => [camelCase(label), (json as Json[]).includes(label)]),
      )
    case 'variant': {
      const [tag, item] = onlyEntry(json)
      return { tag, val: inner(type.cases.find((c) => c.name === tag)!.type, item) }
    }
    case 'option': {
      const value = json === null ? undefined : inner(type.element, onlyEntry(json)[1])
      if (!isTagged(type.element)) return value
      return json === null ? { tag: 'none' } : { tag: 'some', val: value }
    }
    case 'result': {
      const [tag, item] = onlyEntry(json)
      return { tag, val: inner(tag === 'ok' ? type.ok : type.err, item) }
    }
    case 'own':
    case 'borrow':
      return resources.fromJson(json, type.kind)
    default:
      return json
  }
}

interface Tagged {
  readonly tag: string
  readonly val?: unknown
}

function member(value: unknown, kebab: string): unknown {
  return (value as Record<string, unknown>)[camelCase(kebab)]
}

function onlyEntry(json: Json): [string, Json] {
  const [entry] = Object.entries(json as Record<string, Json>)
  if (entry === undefined) throw new TypeError('a variant, option or result without its case')
  return entry
}

/** An option is its value or undefined; one of an option cannot be, and has tags. */
function isTagged(element: ValueType): boolean {
  return element.kind === 'option' && !isTagged(element.element)
}

/** JSON has no NaN and no infinity, and its readers differ about -0. */
function floatToJson(value: number): Json {
  if (Number.isNaN(value)) return 'nan'
  if (Math.abs(value) === Number.POSITIVE_INFINITY) return value > 0 ? 'inf' : '-inf'
  return Object.is(value, -0) ? '-0' : value
}

function floatFromJson(json: number | string): number {
  if (typeof json === 'number') return json
  return { nan: Number.NaN, inf: Number.POSITIVE_INFINITY, '-inf': Number.NEGATIVE_INFINITY, '-0': -0 }[json]!
}

function listOf(element: ValueType, items: unknown[]): unknown {
  const typed = TYPED_ARRAYS[element.kind]
  return typed === undefined ? items : typed.from(items as never)
}

const TYPED_ARRAYS: Record<string, { from(items: never): unknown }> = {
  u8: Uint8Array,
  s8: Int8Array,
  u16: Uint16Array,
  s16: Int16Array,
  u32: Uint32Array,
  s32: Int32Array,
  u64: BigUint64Array,
  s64: BigInt64Array,
  f32: Float32Array,
  f64: Float64Array,
}
