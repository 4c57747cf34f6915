import type { ValueType } from '@wasm-plugin/runtime'
import { camelCase, isTaggedOption, primitives } from '@wasm-plugin/runtime/internal'

/** A seeded generator of random numbers (mulberry32), so that a failure can be repeated. */
export class Random {
  constructor(private state: number) {}

  /** An integer of 0 to `below` - 1. */
  int(below: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below)
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)]!
  }

  bits(count: number): bigint {
    let bits = 0n
    for (let i = 0; i < count; i += 16) bits = (bits << 16n) | BigInt(this.int(65536))
    return BigInt.asUintN(count, bits)
  }
}

const SCALARS = Object.values(primitives)
const LABELS = ['a', 'then', 'constructor', 'to-string', 'http-error', 'value-of', 'b2', 'XML']

/** A random type that nests at most `depth` levels. */
export function randomType(random: Random, depth: number): ValueType {
  const kind = depth === 0 ? 'scalar' : random.pick(KINDS)
  const inner = () => randomType(random, depth - 1)
  const some = () => Array.from({ length: 1 + random.int(4) }, inner)
  switch (kind) {
    case 'list':
      return { kind, element: inner() }
    case 'record':
      return { kind, fields: some().map((type, i) => ({ name: LABELS[i]!, type })) }
    case 'tuple':
      return { kind, items: some() }
    case 'variant':
      return {
        kind,
        cases: some().map((type, i) => ({ name: LABELS[i]!, type: random.int(4) ? type : null })),
      }
    case 'enum':
      return { kind, labels: LABELS.slice(0, 1 + random.int(LABELS.length)) }
    case 'flags':
      return { kind, labels: manyLabels(1 + random.int(32)) }
    case 'option':
      return { kind, element: inner() }
    case 'result':
      return { kind, ok: random.int(4) ? inner() : null, err: random.int(4) ? inner() : null }
    default:
      return random.pick(SCALARS)
  }
}

const KINDS = ['list', 'record', 'tuple', 'variant', 'enum', 'flags', 'option', 'result', 'scalar'] as const

function manyLabels(count: number): string[] {
  return Array.from({ length: count }, (_, i) => LABELS[i] ?? `flag${i}`)
}

/** A random value of `type`, as lifting would make it. */
export function randomValue(random: Random, type: ValueType): unknown {
  const inner = (part: ValueType) => randomValue(random, part)
  switch (type.kind) {
    case 'bool':
      return random.int(2) === 1
    case 'u8':
    case 'u16':
    case 'u32':
      return Number(edge(random, BigInt(type.kind.slice(1)), false))
    case 's8':
    case 's16':
    case 's32':
      return Number(edge(random, BigInt(type.kind.slice(1)), true))
    case 'u64':
      return edge(random, 64n, false)
    case 's64':
      return edge(random, 64n, true)
    case 'f32':
      return Math.fround(randomFloat(random))
    case 'f64':
      return randomFloat(random)
    case 'char':
      return String.fromCodePoint(randomCode(random))
    case 'string':
      return randomString(random)
    case 'list': {
      const items = Array.from({ length: random.int(random.int(8) ? 4 : 40) }, () => inner(type.element))
      const Class = TYPED[type.element.kind]
      return Class === undefined ? items : new Class(items as never)
    }
    case 'record':
      return Object.fromEntries(type.fields.map((field) => [camelCase(field.name), inner(field.type)]))
    case 'tuple':
      return type.items.map(inner)
    case 'variant': {
      const c = random.pick(type.cases)
      return c.type === null ? { tag: c.name } : { tag: c.name, val: inner(c.type) }
    }
    case 'enum':
      return random.pick(type.labels)
    case 'flags':
      return Object.fromEntries(type.labels.map((label) => [camelCase(label), random.int(2) === 1]))
    case 'option':
      if (!isTaggedOption(type)) return random.int(3) ? inner(type.element) : undefined
      return random.int(3) ? { tag: 'some', val: inner(type.element) } : { tag: 'none' }
    case 'result': {
      const tag = random.pick(['ok', 'err'] as const)
      const part = type[tag]
      return { tag, val: part === null ? undefined : inner(part) }
    }
    default:
      throw new TypeError(`no random value of ${type.kind}`)
  }
}

const TYPED: Partial<Record<ValueType['kind'], new (items: never) => unknown>> = {
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

function edge(random: Random, bits: bigint, signed: boolean): bigint {
  const top = 1n << bits
  const value = random.pick([0n, 1n, top - 1n, top >> 1n, (top >> 1n) - 1n, random.bits(Number(bits))])
  return signed ? BigInt.asIntN(Number(bits), value) : BigInt.asUintN(Number(bits), value)
}

function randomFloat(random: Random): number {
  return random.pick([0, -0, 1.5, -1e10, 1 / 3, Infinity, -Infinity, 2 ** 53, random.int(1000) / 7])
}

function randomCode(random: Random): number {
  const code = random.pick([
    random.int(128),
    0xe9,
    0x20ac,
    0x1f600,
    0xd7ff,
    0xe000,
    0x10ffff,
    random.int(0x110000),
  ])
  return code >= 0xd800 && code <= 0xdfff ? 0xfffd : code
}

const LENGTHS = [0, 1, 3, 8, 9, 10, 11, 16, 17, 20, 21, 33, 100]

/** Strings of every width, of lengths around the places where the codecs change their way. */
export function randomString(random: Random): string {
  const length = random.pick(LENGTHS)
  const widest = random.pick([128, 256, 0x10000, 0x110000])
  let text = ''
  for (let i = 0; i < length; i++) {
    const code = random.int(3) ? random.int(128) : random.int(widest)
    text += String.fromCodePoint(code >= 0xd800 && code <= 0xdfff ? 0xfffd : code)
  }
  return text
}
