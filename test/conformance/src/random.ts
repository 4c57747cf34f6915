import type { ValueType } from '@wasm-plugin/runtime'
import type { Json } from './values.js'

/** A seeded source of random numbers (mulberry32), so that a failure can be repeated. */
export class Random {
  constructor(private state: number) {}

  /** 0 to `count` - 1. */
  below(count: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * count)
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!
  }
}

/** A random value of a type without resources. */
export function randomJson(random: Random, type: ValueType): Json {
  const inner = (part: ValueType | null) => (part === null ? null : randomJson(random, part))
  switch (type.kind) {
    case 'bool':
      return random.below(2) === 1
    case 'char':
      return randomChar(random)
    case 'string':
      return Array.from({ length: random.pick([0, 1, 3, 40]) }, () => randomChar(random)).join('')
    case 'f32':
      return randomFloat(random, 4)
    case 'f64':
      return randomFloat(random, 8)
    case 'list':
      return Array.from({ length: random.pick([0, 1, 2, 9]) }, () => inner(type.element))
    case 'tuple':
      return type.items.map(inner)
    case 'record':
      return Object.fromEntries(type.fields.map((field) => [field.name, inner(field.type)]))
    case 'flags':
      return type.labels.filter(() => random.below(2) === 1)
    case 'enum':
      return random.pick(type.labels)
    case 'variant': {
      const { name, type: payload } = random.pick(type.cases)
      return { [name]: inner(payload) }
    }
    case 'option':
      return random.below(3) === 0 ? null : { some: inner(type.element) }
    case 'result':
      return random.below(2) === 0 ? { ok: inner(type.ok) } : { err: inner(type.err) }
    default:
      return randomInteger(random, type.kind)
  }
}

function randomInteger(random: Random, kind: string): Json {
  const bits = Number(/^[su](8|16|32|64)$/.exec(kind)?.[1])
  if (Number.isNaN(bits)) throw new TypeError(`no random values of ${kind}`)
  let value = 0n
  for (let i = 0; i < bits; i += 8) value = (value << 8n) | BigInt(random.pick([0, 255, random.below(256)]))
  const integer = kind.startsWith('s') ? BigInt.asIntN(bits, value) : value
  return bits === 64 ? String(integer) : Number(integer)
}

/** Any bits; all NaN are one. */
function randomFloat(random: Random, bytes: 4 | 8): Json {
  const view = new DataView(new ArrayBuffer(8))
  for (let i = 0; i < 8; i++) view.setUint8(i, random.below(256))
  const value = bytes === 4 ? view.getFloat32(0) : view.getFloat64(0)
  if (Number.isNaN(value)) return 'nan'
  return random.pick([value, value, '-0', 'inf', '-inf'])
}

/** One, two, three or four bytes in UTF-8, with the ends of the ranges. */
function randomChar(random: Random): string {
  const [low, high] = random.pick([
    [0, 0x7f],
    [0x80, 0xff],
    [0x100, 0x7ff],
    [0x800, 0xd7ff],
    [0xe000, 0xffff],
    [0x10000, 0x10ffff],
  ] as const)
  return String.fromCodePoint(random.pick([low, high, low + random.below(high - low + 1)]))
}
