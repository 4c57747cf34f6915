/** What is known of one open file: its identity, the thread that has it, and the account that its bytes are on. */
const ID_WORDS = 2
const FREE = 0

export interface FileIdentity {
  readonly dev: bigint
  readonly ino: bigint
}

/**
 * The regular files that the instances of one plugin have open, in the memory that they share: what one of them has
 * removed takes its bytes for as long as another has it open. It fills the end of the buffer, which starts as zeroes.
 */
export class OpenFiles {
  /** Number of the thread + 1. */
  readonly #owners: Int32Array
  readonly #accounts: Int32Array
  readonly #ids: BigInt64Array
  /** Where this thread found a free place last. */
  #next = 0

  constructor(buffer: SharedArrayBuffer, count: number) {
    const start = buffer.byteLength - OpenFiles.bytesFor(count)
    this.#ids = new BigInt64Array(buffer, start, count * ID_WORDS)
    const afterIds = start + this.#ids.byteLength
    this.#owners = new Int32Array(buffer, afterIds, count)
    this.#accounts = new Int32Array(buffer, afterIds + this.#owners.byteLength, count)
  }

  static bytesFor(count: number): number {
    return count * (ID_WORDS * BigInt64Array.BYTES_PER_ELEMENT + 2 * Int32Array.BYTES_PER_ELEMENT)
  }

  /** False for a plugin that may not change files: nothing is noted then. */
  get isKept(): boolean {
    return this.#owners.length > 0
  }

  /** The place of the file; `undefined` when all are taken. */
  add(thread: number, account: number, { dev, ino }: FileIdentity): number | undefined {
    const { length } = this.#owners
    for (let tried = 0; tried < length; tried++) {
      const place = (this.#next + tried) % length
      if (Atomics.compareExchange(this.#owners, place, FREE, thread + 1) !== FREE) continue
      this.#next = place + 1
      this.#accounts[place] = account
      this.#ids[place * ID_WORDS] = dev
      this.#ids[place * ID_WORDS + 1] = ino
      return place
    }
    return undefined
  }

  /** The answer is the account that the bytes of the file are on. */
  remove(place: number): number {
    Atomics.store(this.#owners, place, FREE)
    return this.#accounts[place] as number
  }

  isOpen(file: FileIdentity): boolean {
    return !this.#placesOf(file).next().done
  }

  /** The file has lost its last name, which was under `account`: the answer is whether it is still open. */
  orphan(file: FileIdentity, account: number): boolean {
    let isOpen = false
    for (const place of this.#placesOf(file)) {
      this.#accounts[place] = account
      isOpen = true
    }
    return isOpen
  }

  /** All whose bytes are on the account. */
  *on(account: number): Generator<FileIdentity> {
    for (const place of this.#taken())
      if (this.#accounts[place] === account) {
        const [dev = 0n, ino = 0n] = this.#ids.subarray(place * ID_WORDS)
        yield { dev, ino }
      }
  }

  /** What the thread had open is closed by now. */
  release(deadThread: number): void {
    for (const place of this.#taken()) Atomics.compareExchange(this.#owners, place, deadThread + 1, FREE)
  }

  *#placesOf({ dev, ino }: FileIdentity): Generator<number> {
    // As they are kept: numbers of some file systems fill all 64 bits.
    const [device, inode] = [BigInt.asIntN(64, dev), BigInt.asIntN(64, ino)]
    for (const place of this.#taken())
      if (this.#ids[place * ID_WORDS + 1] === inode && this.#ids[place * ID_WORDS] === device) yield place
  }

  *#taken(): Generator<number> {
    for (let place = 0; place < this.#owners.length; place++)
      if (Atomics.load(this.#owners, place) !== FREE) yield place
  }
}
