/** A growing buffer with the integer encodings of the binary format. */
export class ByteWriter {
  private buffer: Uint8Array
  length = 0

  constructor(capacity = 256) {
    this.buffer = new Uint8Array(capacity)
  }

  /** What was written; a view that the next write may leave behind. */
  get written(): Uint8Array {
    return this.buffer.subarray(0, this.length)
  }

  byte(value: number): void {
    this.reserve(1)
    this.buffer[this.length++] = value
  }

  bytes(source: Uint8Array): void {
    this.reserve(source.length)
    this.buffer.set(source, this.length)
    this.length += source.length
  }

  /** Copies `source[from..to)`; short runs by hand, which is faster than a view each. */
  copy(source: Uint8Array, from: number, to: number): void {
    if (to - from > 32) {
      this.bytes(source.subarray(from, to))
      return
    }
    this.reserve(to - from)
    for (let i = from; i < to; i++) this.buffer[this.length++] = source[i]!
  }

  /** Unsigned LEB128 of a safe integer. */
  unsigned(value: number): void {
    this.reserve(8)
    let rest = value
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.buffer[this.length++] = (rest % 0x80) | 0x80
    this.buffer[this.length++] = rest
  }

  /** Signed LEB128 of a safe integer. */
  signed(value: number): void {
    let rest = value
    for (;;) {
      const low = ((rest % 0x80) + 0x80) % 0x80
      rest = Math.floor(rest / 0x80)
      const last = (rest === 0 && low < 0x40) || (rest === -1 && low >= 0x40)
      this.byte(last ? low : low | 0x80)
      if (last) return
    }
  }

  name(bytes: Uint8Array): void {
    this.unsigned(bytes.length)
    this.bytes(bytes)
  }

  /** A section: id, size, body. */
  section(id: number, body: Uint8Array): void {
    this.byte(id)
    this.unsigned(body.length)
    this.bytes(body)
  }

  private reserve(extra: number): void {
    const needed = this.length + extra
    if (needed <= this.buffer.length) return
    const grown = new Uint8Array(Math.max(needed, this.buffer.length * 2))
    grown.set(this.written)
    this.buffer = grown
  }
}
