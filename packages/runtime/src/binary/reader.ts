import { errors } from '../errors/index.js'

/**
 * A cursor over a range of the component's bytes. Offsets count from the start of the outermost file, so that a
 * message points into the file at hand. Every read is checked against the end of the range.
 */
export class Reader {
  readonly bytes: Uint8Array
  readonly end: number
  offset: number

  constructor(bytes: Uint8Array, offset = 0, end = bytes.length) {
    this.bytes = bytes
    this.offset = offset
    this.end = end
  }

  get done(): boolean {
    return this.offset >= this.end
  }

  get remaining(): number {
    return this.end - this.offset
  }

  peek(): number {
    if (this.offset >= this.end) throw this.malformed('unexpected end')
    return this.bytes[this.offset]!
  }

  u8(): number {
    const byte = this.peek()
    this.offset++
    return byte
  }

  /** Two bytes, the low one first. */
  u16(): number {
    return this.u8() | (this.u8() << 8)
  }

  /** An unsigned LEB128 of at most 32 bits. */
  u32(): number {
    // Most are one byte, and code has millions of them.
    const first = this.u8()
    if (first < 0x80) return first
    let result = first & 0x7f
    for (let shift = 7; shift < 35; shift += 7) {
      const byte = this.u8()
      if (shift === 28 && byte > 0x0f) break
      result += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return result
    }
    throw this.malformed('LEB128 does not fit 32 bits')
  }

  /** An unsigned LEB128 of at most 64 bits; exact up to 2^53. */
  u64(): number {
    let result = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.u8()
      if (shift === 63 && byte > 0x01) break
      result += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return result
    }
    throw this.malformed('LEB128 does not fit 64 bits')
  }

  /** A signed LEB128 of at most 33 bits: a type index, or a negative type code. */
  s33(): number {
    let result = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.u8()
      if (shift === 28 && byte > 0x0f && byte < 0x70) break
      if (shift === 28 && byte >= 0x80) break
      result += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return byte & 0x40 ? result - 2 ** (shift + 7) : result
    }
    throw this.malformed('LEB128 does not fit 33 bits')
  }

  /** Skips the LEB128 of a constant, of at most `bits` bits. */
  skipLeb(bits: number): void {
    for (let size = Math.ceil(bits / 7); size > 0; size--) if (this.u8() < 0x80) return
    throw this.malformed(`LEB128 does not fit ${bits} bits`)
  }

  /** The length of a vector. Each element takes at least one byte, so a count beyond the end is a lie. */
  count(): number {
    const at = this.offset
    const count = this.u32()
    if (count > this.remaining) throw this.malformed(`a vector of ${count} elements does not fit`, at)
    return count
  }

  /** A byte that the format fixes. */
  expect(byte: number, what: string): void {
    const at = this.offset
    const found = this.u8()
    if (found !== byte) throw this.malformed(`expected ${what}, found ${hex(found)}`, at)
  }

  /** A UTF-8 string with its length in front. @throws {LIMIT_EXCEEDED} over `maxBytes` bytes */
  name(maxBytes: number): string {
    const size = this.u32()
    if (size > maxBytes) throw errors.LIMIT_EXCEEDED({ limit: 'nameBytes', value: size, max: maxBytes })
    const at = this.offset
    const bytes = this.take(size)
    try {
      return utf8.decode(bytes)
    } catch {
      throw this.malformed('a name is not UTF-8', at)
    }
  }

  /** The next `size` bytes, as a view. */
  take(size: number): Uint8Array {
    if (size > this.remaining) throw this.malformed(`${size} bytes do not fit`)
    this.offset += size
    return this.bytes.subarray(this.offset - size, this.offset)
  }

  /** A cursor over the next `size` bytes, which this one skips. */
  range(size: number): Reader {
    if (size > this.remaining) throw this.malformed(`a section of ${size} bytes does not fit`)
    this.offset += size
    return new Reader(this.bytes, this.offset - size, this.offset)
  }

  finish(what: string): void {
    if (!this.done) throw this.malformed(`${what} is longer than its content`)
  }

  malformed(reason: string, offset = this.offset) {
    return errors.MALFORMED_COMPONENT({ offset, reason })
  }
}

export function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
