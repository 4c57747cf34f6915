import { errors } from '../errors/index.js'

/** Names of the functions that a core module exports. @throws {MODULE_UNREADABLE} */
export function functionNames(bytes: Uint8Array): string[] {
  return exportsOf(bytes).entries.flatMap(({ name, kind }) => (kind === FUNCTION ? [name] : []))
}

/** The same module, in which another function is the one that is run. @throws {MODULE_UNREADABLE} {WAGI_ENTRYPOINT_MISSING} */
export function withEntrypoint(bytes: Uint8Array, entrypoint: string): Uint8Array {
  if (entrypoint === START) return bytes
  const { entries, start, end } = exportsOf(bytes)
  const chosen = entries.find(({ name, kind }) => name === entrypoint && kind === FUNCTION)
  if (chosen === undefined) {
    const known = entries.filter(({ kind }) => kind === FUNCTION).map(({ name }) => name)
    throw errors.WAGI_ENTRYPOINT_MISSING({ entrypoint, known })
  }
  const kept = entries.filter(({ name }) => name !== START && name !== entrypoint).map(({ raw }) => raw)
  const name = new TextEncoder().encode(START)
  const renamed = Buffer.concat([leb(name.length), name, chosen.what])
  const content = Buffer.concat([leb(kept.length + 1), renamed, ...kept])
  return Buffer.concat([
    bytes.subarray(0, start),
    Uint8Array.of(EXPORTS),
    leb(content.length),
    content,
    bytes.subarray(end),
  ])
}

const START = '_start'
/** Of the section. */
const EXPORTS = 7
const FUNCTION = 0

interface Entry {
  readonly name: string
  readonly kind: number
  /** All of it, and what follows its name. */
  readonly raw: Uint8Array
  readonly what: Uint8Array
}

interface Exports {
  readonly entries: readonly Entry[]
  /** Where its section begins and ends. */
  readonly start: number
  readonly end: number
}

function exportsOf(bytes: Uint8Array): Exports {
  const magic = Buffer.from(bytes.subarray(0, 8)).toString('hex')
  if (magic !== '0061736d01000000') throw errors.MODULE_UNREADABLE({ reason: 'it is no core module' })
  const reader = new Reader(bytes, 8)
  while (reader.at < bytes.length) {
    const start = reader.at
    const id = reader.byte()
    const size = reader.number()
    const end = reader.at + size
    if (end > bytes.length) throw errors.MODULE_UNREADABLE({ reason: 'it is cut off' })
    if (id === EXPORTS) return { entries: entriesOf(reader), start, end }
    reader.at = end
  }
  return { entries: [], start: bytes.length, end: bytes.length }
}

function entriesOf(reader: Reader): Entry[] {
  const entries: Entry[] = []
  for (let left = reader.number(); left > 0; left--) {
    const from = reader.at
    const name = new TextDecoder().decode(reader.take(reader.number()))
    const after = reader.at
    const kind = reader.byte()
    reader.number()
    const { bytes, at } = reader
    entries.push({ name, kind, raw: bytes.subarray(from, at), what: bytes.subarray(after, at) })
  }
  return entries
}

class Reader {
  constructor(
    readonly bytes: Uint8Array,
    public at: number,
  ) {}

  byte(): number {
    const byte = this.bytes[this.at++]
    if (byte === undefined) throw errors.MODULE_UNREADABLE({ reason: 'it is cut off' })
    return byte
  }

  /** Unsigned, of 32 bits. */
  number(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte()
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    throw errors.MODULE_UNREADABLE({ reason: 'a number in it is too large' })
  }

  take(length: number): Uint8Array {
    if (this.at + length > this.bytes.length) throw errors.MODULE_UNREADABLE({ reason: 'it is cut off' })
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }
}

function leb(value: number): Uint8Array {
  const bytes: number[] = []
  for (let left = value; ; ) {
    const low = left & 0x7f
    left >>>= 7
    bytes.push(left === 0 ? low : low | 0x80)
    if (left === 0) return Uint8Array.from(bytes)
  }
}
