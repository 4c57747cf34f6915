import type { CheckedComponent } from '@wasm-plugin/runtime'

/** Tools that made the component, by role: `language`, `processed-by`, `sdk`. */
export type Producers = ReadonlyMap<string, readonly Producer[]>

export interface Producer {
  readonly name: string
  readonly version: string
}

/**
 * Collects the `producers` sections of a component and of its core modules (tool-conventions, ProducersSection.md).
 * A section that is not well formed says nothing: it is a remark of a tool, and nothing depends on it.
 */
export function readProducers({ customSections, coreModules }: CheckedComponent): Producers {
  const all = new Map<string, Map<string, Producer>>()
  const own = customSections.filter(({ name }) => name === SECTION).map(({ bytes }) => bytes)
  for (const bytes of [...own, ...coreModules.flatMap((module) => sectionsOf(module.bytes))]) {
    for (const { role, producer } of parseSection(bytes)) {
      const tools = all.get(role) ?? new Map<string, Producer>()
      all.set(role, tools.set(`${producer.name} ${producer.version}`, producer))
    }
  }
  return new Map([...all].map(([role, tools]) => [role, [...tools.values()]]))
}

const SECTION = 'producers'
/** More tools than any chain has; what follows is noise. */
const MAX_ENTRIES = 100

interface Entry {
  readonly role: string
  readonly producer: Producer
}

function parseSection(bytes: Uint8Array): Entry[] {
  const entries: Entry[] = []
  try {
    const reader = new Reader(bytes)
    for (let fields = reader.count(); fields > 0; fields--) {
      const role = reader.text()
      for (let values = reader.count(); values > 0; values--) {
        entries.push({ role, producer: { name: reader.text(), version: reader.text() } })
      }
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  return entries
}

/** Bodies of the producers sections of a core module. The decoder has checked the module's section sizes. */
function sectionsOf(module: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = []
  try {
    const reader = new Reader(module, 8)
    while (!reader.atEnd) {
      const id = reader.byte()
      const body = reader.bytes(reader.leb())
      if (id !== 0) continue
      const section = new Reader(body)
      if (section.text() === SECTION) found.push(section.rest())
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  return found
}

const END = 'unexpected end'
const printable = /[^\p{Cc}\p{Cf}\u2028\u2029]/gu

/** @throws {RangeError} at the end of the bytes */
class Reader {
  #at: number

  constructor(
    readonly source: Uint8Array,
    start = 0,
  ) {
    this.#at = start
  }

  get atEnd(): boolean {
    return this.#at >= this.source.length
  }

  byte(): number {
    const byte = this.source[this.#at++]
    if (byte === undefined) throw new RangeError(END)
    return byte
  }

  leb(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte()
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    throw new RangeError('number too long')
  }

  count(): number {
    return Math.min(this.leb(), MAX_ENTRIES)
  }

  bytes(length: number): Uint8Array {
    const end = this.#at + length
    if (end > this.source.length) throw new RangeError(END)
    const bytes = this.source.subarray(this.#at, end)
    this.#at = end
    return bytes
  }

  rest(): Uint8Array {
    return this.source.subarray(this.#at)
  }

  /** Without control characters: it is printed on a terminal. */
  text(): string {
    const text = new TextDecoder().decode(this.bytes(this.leb()))
    return (text.match(printable) ?? []).join('').slice(0, 200)
  }
}
