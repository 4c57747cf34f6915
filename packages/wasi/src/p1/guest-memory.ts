import { Errno, FAULT, ILSEQ } from './errno.js'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** The memory of a module of preview 1: its pointers are checked here, and a wrong one is `EFAULT`. */
export class GuestMemory {
  #memory: WebAssembly.Memory | undefined
  #view = new DataView(new ArrayBuffer(0))
  readonly #spend: (units: number) => void
  /** Bytes that the module was given, and those that it gave, beside numbers. */
  bytesIn = 0
  bytesOut = 0

  /** @param spend takes a unit of fuel for each byte of what it gives out */
  constructor(spend: (units: number) => void) {
    this.#spend = spend
  }

  /** The module has been instantiated: from now on it may call out and be understood. */
  connect(memory: WebAssembly.Memory): void {
    this.#memory = memory
  }

  u32(at: number): number {
    return this.#at(at, 4).getUint32(at >>> 0, true)
  }

  u16(at: number): number {
    return this.#at(at, 2).getUint16(at >>> 0, true)
  }

  u8(at: number): number {
    return this.#at(at, 1).getUint8(at >>> 0)
  }

  u64(at: number): bigint {
    return this.#at(at, 8).getBigUint64(at >>> 0, true)
  }

  setU8(at: number, value: number): void {
    this.#at(at, 1).setUint8(at >>> 0, value)
  }

  setU16(at: number, value: number): void {
    this.#at(at, 2).setUint16(at >>> 0, value, true)
  }

  setU32(at: number, value: number): void {
    this.#at(at, 4).setUint32(at >>> 0, value, true)
  }

  setU64(at: number, value: bigint): void {
    this.#at(at, 8).setBigUint64(at >>> 0, value, true)
  }

  /** A view that is good until the module runs again, of `most` bytes at most. */
  bytes(at: number, length: number, most = Number.POSITIVE_INFINITY): Uint8Array {
    const { buffer } = this.#at(at, length >>> 0)
    const taken = Math.min(length >>> 0, most)
    this.#spend(taken)
    return new Uint8Array(buffer, at >>> 0, taken)
  }

  text(at: number, length: number): string {
    const bytes = this.bytes(at, length)
    this.bytesOut += bytes.length
    try {
      return decoder.decode(bytes)
    } catch {
      throw new Errno(ILSEQ)
    }
  }

  /** Writes as much as there is room for, and answers how much that was. */
  write(at: number, room: number, text: string | Uint8Array): number {
    const bytes = typeof text === 'string' ? encoder.encode(text) : text
    const written = Math.min(bytes.length, room >>> 0)
    this.bytes(at, written).set(bytes.subarray(0, written))
    this.bytesIn += written
    return written
  }

  #at(at: number, length: number): DataView {
    const buffer = this.#memory?.buffer
    if (buffer !== undefined && buffer !== this.#view.buffer) this.#view = new DataView(buffer)
    if ((at >>> 0) + length > this.#view.byteLength) throw new Errno(FAULT)
    return this.#view
  }
}
