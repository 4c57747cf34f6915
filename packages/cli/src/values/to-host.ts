import type { Field, OptionType, PrimitiveKind, ValueType, VariantType } from '@wasm-plugin/runtime'
import { isTaggedOption } from '@wasm-plugin/runtime/internal'
import { closest } from '@wasm-plugin/runtime/text'
import { failures } from '../errors/index.js'
import { camelCase } from './names.js'
import { describeSyntax, type ValueSyntax } from './syntax.js'

/**
 * A written value as the host takes it: camelCase fields, `{ tag, val }` variants, bigints for 64-bit integers,
 * typed arrays for lists of numbers.
 *
 * @param path Where the value stands, for the error message: `greet(name)`.
 * @throws {WRONG_VALUE} with the path inside the value
 */
export function toHostValue(type: ValueType, value: ValueSyntax, path: string): unknown {
  switch (type.kind) {
    case 'record':
      return toRecord(type.fields, value, path)
    case 'tuple':
      return toTuple(type.items, value, path)
    case 'list':
      return toList(type.element, value, path)
    case 'option':
      return toOption(type, value, path)
    case 'result':
      return toVariant(resultAsVariant(type), value, path)
    case 'variant':
      return toVariant(type, value, path)
    case 'enum':
      return toLabel(type.labels, value, path)
    case 'flags':
      return toFlags(type.labels, value, path)
    case 'own':
    case 'borrow':
    case 'stream':
    case 'future':
    case 'error-context':
    case 'map':
      throw wrong(path, 'a value that can be written down', type.kind)
    default:
      return toPrimitive(type.kind, value, path)
  }
}

function toRecord(fields: readonly Field[], value: ValueSyntax, path: string): Record<string, unknown> {
  if (value.kind !== 'braces') throw wrong(path, `a record {${fields.map((f) => f.name).join(', ')}}`, value)
  const given = new Map(value.entries.map((entry) => [entry.name, entry.value]))
  const record: Record<string, unknown> = Object.create(null)
  for (const { name, type } of fields) {
    const key = given.has(name) ? name : camelCase(name)
    const field = given.get(key)
    given.delete(key)
    if (field !== undefined) record[camelCase(name)] = toHostValue(type, field, `${path}.${name}`)
    else if (type.kind === 'option') record[camelCase(name)] = undefined
    else throw wrong(`${path}.${name}`, describeType(type), 'nothing')
  }
  const [unknown] = given.keys()
  if (unknown === undefined) return record
  throw failures.WRONG_VALUE({
    path,
    expected: `a record with the fields ${fields.map((f) => f.name).join(', ')}`,
    found: `the field ${unknown}`,
    guess: closest(
      unknown,
      fields.map((f) => f.name),
    ),
  })
}

function toTuple(types: readonly ValueType[], value: ValueSyntax, path: string): unknown[] {
  if ((value.kind !== 'tuple' && value.kind !== 'list') || value.items.length !== types.length) {
    throw wrong(path, `a tuple of ${types.length}`, value)
  }
  return value.items.map((item, index) => toHostValue(types[index]!, item, `${path}[${index}]`))
}

function toList(element: ValueType, value: ValueSyntax, path: string): unknown {
  if (value.kind !== 'list') throw wrong(path, 'a list', value)
  const items = value.items.map((item, index) => toHostValue(element, item, `${path}[${index}]`))
  return typedArray(element.kind, items) ?? items
}

function toOption(type: OptionType, value: ValueSyntax, path: string): unknown {
  const { element } = type
  const inner = unwrapOption(value)
  if (!isTaggedOption(type)) return inner === null ? undefined : toHostValue(element, inner, path)
  return inner === null ? { tag: 'none' } : { tag: 'some', val: toHostValue(element, inner, path) }
}

/** Accepts `none`, `some(x)`, JSON `null`, and a bare `x`. */
function unwrapOption(value: ValueSyntax): ValueSyntax | null {
  if (value.kind !== 'word') return value
  if (value.text === 'some' && value.payload !== undefined) return value.payload
  return value.payload === undefined && (value.text === 'none' || value.text === 'null') ? null : value
}

function toVariant({ cases }: VariantType, value: ValueSyntax, path: string): { tag: string; val?: unknown } {
  const labels = cases.map((c) => c.name)
  const [name, payload] = splitCase(value) ?? [undefined, undefined]
  const found = cases.find((c) => c.name === name)
  if (found === undefined) throw wrongLabel(labels, name, value, path)
  if (found.type === null) {
    if (payload === undefined || isNull(payload)) return { tag: found.name }
    throw wrong(`${path}.${found.name}`, 'no payload', payload)
  }
  if (payload === undefined) throw wrong(`${path}.${found.name}`, describeType(found.type), 'nothing')
  return { tag: found.name, val: toHostValue(found.type, payload, `${path}.${found.name}`) }
}

/** `name`, `name(x)`, `"name"`, or `{"tag": "name", "val": x}`. */
function splitCase(value: ValueSyntax): [name: string, payload: ValueSyntax | undefined] | undefined {
  if (value.kind === 'word') return [value.text, value.payload]
  if (value.kind === 'string') return [value.text, undefined]
  if (value.kind !== 'braces') return undefined
  const tag = value.entries.find((entry) => entry.name === 'tag')?.value
  if (tag?.kind !== 'string' && tag?.kind !== 'word') return undefined
  return [tag.text, value.entries.find((entry) => entry.name === 'val')?.value]
}

function toLabel(labels: readonly string[], value: ValueSyntax, path: string): string {
  const name = labelOf(value)
  if (name !== undefined && labels.includes(name)) return name
  throw wrongLabel(labels, name, value, path)
}

function toFlags(labels: readonly string[], value: ValueSyntax, path: string): Record<string, boolean> {
  const names = flagNames(value)
  if (names === undefined) throw wrong(path, `flags {${labels.join(', ')}}`, value)
  const flags: Record<string, boolean> = Object.create(null)
  for (const label of labels) flags[camelCase(label)] = false
  for (const name of names) {
    const label = labels.find((candidate) => candidate === name || camelCase(candidate) === name)
    if (label === undefined) throw wrongLabel(labels, name, value, path)
    flags[camelCase(label)] = true
  }
  return flags
}

/** `{a, b}`, `["a", "b"]`, or `{"a": true, "b": false}`. */
function flagNames(value: ValueSyntax): string[] | undefined {
  if (value.kind === 'list') {
    const names = value.items.map(labelOf)
    return names.every((name) => name !== undefined) ? names : undefined
  }
  if (value.kind !== 'braces') return undefined
  const isSet = (flag: ValueSyntax | undefined) =>
    flag === undefined || (flag.kind === 'word' && flag.text === 'true')
  return value.entries.filter((entry) => isSet(entry.value)).map((entry) => entry.name)
}

function toPrimitive(kind: PrimitiveKind, value: ValueSyntax, path: string): unknown {
  switch (kind) {
    case 'bool':
      if (value.kind === 'word' && (value.text === 'true' || value.text === 'false'))
        return value.text === 'true'
      throw wrong(path, 'true or false', value)
    case 'string':
      if (value.kind === 'string') return value.text
      throw wrong(path, 'a string', value)
    case 'char':
      if ((value.kind === 'char' || value.kind === 'string') && [...value.text].length === 1)
        return value.text
      throw wrong(path, 'a char', value)
    case 'f32':
    case 'f64':
      return toFloat(kind, value, path)
    default:
      return toInteger(kind, value, path)
  }
}

function toFloat(kind: string, value: ValueSyntax, path: string): number {
  const text = value.kind === 'number' || value.kind === 'string' || value.kind === 'word' ? value.text : ''
  const special = SPECIAL_FLOATS.get(text.toLowerCase())
  if (special !== undefined) return special
  if (value.kind === 'number') return Number(value.text)
  throw wrong(path, `a number (${kind})`, value)
}

const SPECIAL_FLOATS = new Map([
  ['nan', Number.NaN],
  ['inf', Number.POSITIVE_INFINITY],
  ['infinity', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['-infinity', Number.NEGATIVE_INFINITY],
])

function toInteger(kind: IntegerKind, value: ValueSyntax, path: string): number | bigint {
  const text = value.kind === 'number' || value.kind === 'string' ? value.text : ''
  const bits = Number(kind.slice(1))
  const max = (1n << BigInt(kind.startsWith('s') ? bits - 1 : bits)) - 1n
  const min = kind.startsWith('s') ? -max - 1n : 0n
  const number = /^-?\d+$/.test(text) ? BigInt(text) : undefined
  if (number === undefined || number < min || number > max)
    throw wrong(path, `${kind} (${min} to ${max})`, value)
  return bits === 64 ? number : Number(number)
}

type IntegerKind = Exclude<PrimitiveKind, 'bool' | 'string' | 'char' | 'f32' | 'f64'>

/** Lists of numbers cross the boundary as the typed array of their width. */
function typedArray(kind: ValueType['kind'], items: readonly unknown[]): unknown {
  const numbers = () => items as readonly number[] // `toPrimitive` made each of them from this kind.
  const bigints = () => items as readonly bigint[]
  switch (kind) {
    case 'u8':
      return Uint8Array.from(numbers())
    case 's8':
      return Int8Array.from(numbers())
    case 'u16':
      return Uint16Array.from(numbers())
    case 's16':
      return Int16Array.from(numbers())
    case 'u32':
      return Uint32Array.from(numbers())
    case 's32':
      return Int32Array.from(numbers())
    case 'u64':
      return BigUint64Array.from(bigints())
    case 's64':
      return BigInt64Array.from(bigints())
    case 'f32':
      return Float32Array.from(numbers())
    case 'f64':
      return Float64Array.from(numbers())
    default:
      return undefined
  }
}

const resultAsVariant = (type: { ok: ValueType | null; err: ValueType | null }): VariantType => ({
  kind: 'variant',
  cases: [
    { name: 'ok', type: type.ok },
    { name: 'err', type: type.err },
  ],
})

const labelOf = (value: ValueSyntax) =>
  value.kind === 'string' || (value.kind === 'word' && value.payload === undefined) ? value.text : undefined

const isNull = (value: ValueSyntax) => value.kind === 'word' && value.text === 'null'

const describeType = (type: ValueType) =>
  type.kind === 'own' ? `a ${type.resource.name}` : `a value (${type.kind})`

function wrong(path: string, expected: string, found: ValueSyntax | string) {
  return failures.WRONG_VALUE({
    path,
    expected,
    found: typeof found === 'string' ? found : describeSyntax(found),
  })
}

function wrongLabel(labels: readonly string[], name: string | undefined, value: ValueSyntax, path: string) {
  return failures.WRONG_VALUE({
    path,
    expected: `one of ${labels.join(', ')}`,
    found: name ?? describeSyntax(value),
    guess: name === undefined ? undefined : closest(name, labels),
  })
}
