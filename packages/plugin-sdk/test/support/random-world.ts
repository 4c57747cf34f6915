/** A deterministic source of random numbers (mulberry32). */
export class Random {
  constructor(private state: number) {}

  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  /** 0 to n - 1. */
  below(n: number): number {
    return Math.floor(this.next() * n)
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!
  }
}

/** A random WIT type, and random values of it as JavaScript has them. */
export interface RandomType {
  readonly wit: string
  readonly value: () => unknown
  /** An option whose none is `undefined`. */
  readonly isPlainOption?: boolean
}

export interface RandomFunction {
  readonly params: readonly RandomType[]
  readonly result: RandomType
  /** Result value from the arguments: the function passes one of them back. */
  readonly returns: number
}

/**
 * A world that imports `host` and exports `guest`, two interfaces with the same functions over random types. A guest
 * that passes its arguments on to the host, and the answer back, takes every value across the boundary four times.
 */
export function randomWorld(seed: number, count: number): { wit: string; functions: RandomFunction[] } {
  const types = new TypeFactory(new Random(seed))
  const functions = Array.from({ length: count }, () => types.func())
  return { wit: passWorld(functions, types.declared), functions }
}

/** A world with functions of these types, of which `passOn` is the plugin and `roundTrips` the application. */
export function passWorld(
  functions: readonly RandomFunction[],
  declared: readonly { readonly name: string; readonly text: string }[] = [],
): string {
  const names = declared.map(({ name }) => name).join(', ')
  const use = names === '' ? '' : `use types.{${names}};`
  const signatures = functions
    .map(({ params, result }, i) => {
      const list = params.map((param, k) => `p${k}: ${param.wit}`).join(', ')
      return `pass-p${i}: func(${list}) -> ${result.wit};`
    })
    .join('\n  ')
  return `package fuzz:test@1.0.0;
interface types {
  ${declared.map(({ text }) => text).join('\n  ')}
}
interface host { ${use}
  ${signatures}
}
interface guest { ${use}
  ${signatures}
}
world fuzz { import host; export guest; }`
}

/** From the stubs of such a world: every function passes its arguments on to the host's. */
export function passOn(stubs: string): string {
  const filled = stubs.replace(
    /export function (\w+)\((.*)\): (.*) \{\n.*throw.*\n/g,
    (_, name: string, params: string, result: string) => {
      const args = [...params.matchAll(/(\w+): /g)].map((match) => match[1]).join(', ')
      return `export function ${name}(${params}): ${result} {\n  return host.${name}(${args});\n`
    },
  )
  return `import * as host from './gen/fuzz-test/host';\n${filled}`
}

class TypeFactory {
  /** Types with more cases than fit into a byte are slow to compile; a few will do. */
  private large = 3
  readonly declared: { name: string; text: string }[] = []

  constructor(private readonly random: Random) {}

  func(): RandomFunction {
    const { random } = this
    const params = Array.from({ length: 1 + random.below(random.below(6) === 0 ? 20 : 4) }, () =>
      this.type(3),
    )
    const returns = random.below(params.length)
    return { params, returns, result: params[returns]! }
  }

  private type(depth: number): RandomType {
    const { random } = this
    if (depth === 0 || random.below(3) === 0) return this.primitive()
    const shape = random.pick([
      'list',
      'list',
      'option',
      'result',
      'tuple',
      'record',
      'variant',
      'enum',
      'flags',
    ] as const)
    return this[shape](depth - 1)
  }

  private primitive(): RandomType {
    const { random } = this
    const int = (wit: string, bits: number, signed: boolean): RandomType => ({
      wit,
      value: () => {
        const low = signed ? -(2 ** (bits - 1)) : 0
        return random.pick([
          low,
          low + 2 ** bits - 1,
          0,
          1,
          signed ? -1 : 1,
          low + Math.floor(random.next() * 2 ** bits),
        ])
      },
    })
    const big = (wit: string, signed: boolean): RandomType => ({
      wit,
      value: () => {
        const bits = (BigInt(random.below(2 ** 32)) << 32n) | BigInt(random.below(2 ** 32))
        return signed
          ? BigInt.asIntN(64, random.pick([bits, -1n, 1n << 63n]))
          : random.pick([bits, 0n, (1n << 64n) - 1n])
      },
    })
    return random.pick<() => RandomType>([
      () => ({ wit: 'bool', value: () => random.below(2) === 1 }),
      () => int('s8', 8, true),
      () => int('u8', 8, false),
      () => int('s16', 16, true),
      () => int('u16', 16, false),
      () => int('s32', 32, true),
      () => int('u32', 32, false),
      () => big('s64', true),
      () => big('u64', false),
      () => ({ wit: 'f32', value: () => Math.fround(random.pick(FLOATS.concat(random.next() * 1e30))) }),
      () => ({ wit: 'f64', value: () => random.pick(FLOATS.concat(random.next() * 1e300)) }),
      () => ({ wit: 'char', value: () => random.pick(CHARS) }),
      () => ({ wit: 'string', value: () => this.text() }),
      () => ({ wit: 'string', value: () => this.text() }),
    ])()
  }

  private text(): string {
    return Array.from({ length: this.random.pick([0, 1, 5, 40]) }, () => this.random.pick(CHARS)).join('')
  }

  private list(depth: number): RandomType {
    const element = this.type(depth)
    const make = () => Array.from({ length: this.random.pick([0, 1, 2, 7]) }, () => element.value())
    const typed = TYPED_ARRAYS[element.wit]
    // biome-ignore lint/suspicious/noExplicitAny: numbers or bigints, as the element says
    return { wit: `list<${element.wit}>`, value: typed === undefined ? make : () => new typed(make() as any) }
  }

  /** None of an option of a plain option is an object with a tag, as `undefined` is taken. */
  private option(depth: number): RandomType {
    const inner = this.type(depth)
    const tagged = inner.isPlainOption === true
    const none = tagged ? { tag: 'none' } : undefined
    return {
      wit: `option<${inner.wit}>`,
      isPlainOption: !tagged,
      value: () =>
        this.random.below(3) === 0 ? none : tagged ? { tag: 'some', val: inner.value() } : inner.value(),
    }
  }

  /** Wrapped in a tuple: a result that a function returns is a thrown error, which other tests cover. */
  private result(depth: number): RandomType {
    const ok = this.random.below(4) === 0 ? null : this.type(depth)
    const err = this.random.below(4) === 0 ? null : this.type(depth)
    const wit =
      err === null ? (ok === null ? 'result' : `result<${ok.wit}>`) : `result<${ok?.wit ?? '_'}, ${err.wit}>`
    const half = (tag: string, type: RandomType | null) => ({ tag, val: type?.value() })
    return {
      wit: `tuple<${wit}>`,
      value: () => [this.random.below(2) === 0 ? half('ok', ok) : half('err', err)],
    }
  }

  private tuple(depth: number): RandomType {
    const items = Array.from({ length: 1 + this.random.below(this.random.below(8) === 0 ? 16 : 4) }, () =>
      this.type(depth),
    )
    return {
      wit: `tuple<${items.map((item) => item.wit).join(', ')}>`,
      value: () => items.map((item) => item.value()),
    }
  }

  private record(depth: number): RandomType {
    const fields = Array.from({ length: 1 + this.random.below(5) }, () => this.type(depth))
    const body = fields.map((field, i) => `field-${WORDS[i]}: ${field.wit}`).join(', ')
    const value = () =>
      Object.fromEntries(fields.map((field, i) => [`field${capital(WORDS[i]!)}`, field.value()]))
    return { wit: this.declare('record', body), value }
  }

  private variant(depth: number): RandomType {
    const many = this.random.below(10) === 0 && this.large-- > 0
    const cases = Array.from({ length: many ? 300 : 1 + this.random.below(5) }, (_, i) =>
      (many && i > 3) || this.random.below(4) === 0 ? null : this.type(depth),
    )
    const body = cases.map((type, i) => (type === null ? `case-c${i}` : `case-c${i}(${type.wit})`)).join(', ')
    const value = () => {
      const i = this.random.below(cases.length)
      const type = cases[i]
      return type == null ? { tag: `case-c${i}` } : { tag: `case-c${i}`, val: type.value() }
    }
    return { wit: this.declare('variant', body), value }
  }

  private enum(): RandomType {
    const labels = Array.from(
      { length: this.random.below(10) === 0 && this.large-- > 0 ? 300 : this.random.pick([1, 3]) },
      (_, i) => `label-l${i}`,
    )
    return { wit: this.declare('enum', labels.join(', ')), value: () => this.random.pick(labels) }
  }

  private flags(): RandomType {
    const count = this.random.pick([1, 7, 8, 9, 16, 17, 31, 32])
    const labels = Array.from({ length: count }, (_, i) => `bit-b${i}`)
    const value = () => Object.fromEntries(labels.map((_, i) => [`bitB${i}`, this.random.below(2) === 1]))
    return { wit: this.declare('flags', labels.join(', ')), value }
  }

  private declare(kind: string, body: string): string {
    const name = `type-t${this.declared.length}`
    this.declared.push({ name, text: `${kind} ${name} { ${body} }` })
    return name
  }
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

const WORDS = ['alpha', 'in', 'class', 'type', 'drop']
const FLOATS = [
  0,
  -0,
  1.5,
  -1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.MIN_VALUE,
  1e-40,
]
const CHARS = ['a', 'ß', '\0', '\u{d7ff}', '\u{e000}', '\u{ffff}', '\u{10ffff}', '😀', '\u{feff}', '"', '\n']
const TYPED_ARRAYS: Record<string, new (values: ArrayLike<never>) => unknown> = {
  u8: Uint8Array,
  s8: Int8Array,
  u16: Uint16Array,
  s16: Int16Array,
  u32: Uint32Array,
  s32: Int32Array,
  u64: BigUint64Array as never,
  s64: BigInt64Array as never,
  f32: Float32Array,
  f64: Float64Array,
}
