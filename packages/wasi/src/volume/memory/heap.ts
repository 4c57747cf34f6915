import { sharedMemory } from '../../shared-memory.js'
import { fsError } from '../errno.js'

/** The heap is handed out in blocks of one size: nothing fragments, and a free block serves anything. */
export const BLOCK_BYTES = 512
export const BLOCK_WORDS = BLOCK_BYTES / 4

/** Words of block 0. */
const LOCK = 0
const JOURNAL_LENGTH = 1
const FREE = 2
const UNUSED = 3
const END = 4
/** Words for the volume that lives on the heap. */
export const USER_WORDS = 16

/** Two blocks of pairs: index of a word, what it was. */
const JOURNAL = BLOCK_WORDS
const JOURNAL_PAIRS = BLOCK_WORDS
const FIRST_BLOCK = 3

/**
 * Memory that several threads allocate from and change together, one at a time, in steps that happen whole or not at
 * all: a thread may be ended at any instruction, and a stack may overflow in any call. So a step writes down what a
 * word was before it changes it, and whoever finds the lock of a step that never ended puts the words back.
 */
export class Heap {
  readonly words: Int32Array
  readonly longs: BigInt64Array
  readonly bytes: Uint8Array
  /** Blocks that the step so far has freed. If it is undone they hold what they held, so nothing else may go there. */
  readonly #freed = new Set<number>()
  /** What the lock holds when it is this thread's: zero when it is nobody's. */
  readonly #me: number

  /** @param thread Number of the thread that uses this object. */
  constructor(buffer: SharedArrayBuffer, thread: number) {
    this.#me = thread + 1
    this.words = new Int32Array(buffer)
    this.longs = new BigInt64Array(buffer)
    this.bytes = new Uint8Array(buffer)
  }

  /** Memory for a heap; the system gives it page by page, as it is used. */
  static create(bytes: number): SharedArrayBuffer {
    const blocks = FIRST_BLOCK + Math.ceil(bytes / BLOCK_BYTES)
    const buffer = sharedMemory(blocks * BLOCK_BYTES)
    const words = new Int32Array(buffer, 0, USER_WORDS)
    words[UNUSED] = FIRST_BLOCK
    words[END] = blocks
    return buffer
  }

  /** Runs a step while no other thread does. If it throws, everything since the last `commit` is undone. */
  run<T>(step: () => T): T {
    this.#lock()
    return this.#locked(step)
  }

  /** As `run`, for a thread that must not be made to wait: `undefined` if another thread is in a step. */
  tryRun<T>(step: () => T): { value: T } | undefined {
    const owner = Atomics.compareExchange(this.words, LOCK, 0, this.#me)
    if (owner !== 0 && owner !== this.#me) return undefined
    this.#rollback()
    return { value: this.#locked(step) }
  }

  /** Ends the step of the thread, which is no more. */
  release(): void {
    if (Atomics.load(this.words, LOCK) !== this.#me) return
    this.#rollback()
    this.#unlock()
  }

  /** Makes what a long step did so far permanent. */
  commit(): void {
    Atomics.store(this.words, JOURNAL_LENGTH, 0)
    this.#freed.clear()
  }

  word(index: number): number {
    return this.words[index] as number
  }

  set(index: number, value: number): void {
    const { words } = this
    const length = words[JOURNAL_LENGTH] as number
    if (length === JOURNAL_PAIRS) throw new RangeError('a step on a memory volume changes too much at a time')
    words[JOURNAL + 2 * length] = index
    words[JOURNAL + 2 * length + 1] = words[index] as number
    // Another thread may read these after this one was ended in between.
    Atomics.store(words, JOURNAL_LENGTH, length + 1)
    words[index] = value
  }

  long(index: number): bigint {
    return this.longs[index] as bigint
  }

  setLong(index: number, value: bigint): void {
    this.set(2 * index, Number(BigInt.asIntN(32, value)))
    this.set(2 * index + 1, Number(BigInt.asIntN(32, value >> 32n)))
  }

  /** A block of zeros. */
  allocate(): number {
    let slot = FREE
    while (this.#freed.has(this.word(slot))) slot = this.word(slot) * BLOCK_WORDS
    const free = this.word(slot)
    const block = free === 0 ? this.allocateRun(1) : free
    const first = block * BLOCK_WORDS
    if (free !== 0) {
      this.set(slot, this.word(first))
      this.set(first, 0)
    }
    // A block that was never in use may have been written to by a step that was undone.
    this.words.fill(0, first, first + BLOCK_WORDS)
    return block
  }

  /** Blocks side by side, which are never freed. */
  allocateRun(count: number): number {
    const first = this.word(UNUSED)
    if (first + count > this.word(END)) throw fsError('insufficient-space')
    this.set(UNUSED, first + count)
    return first
  }

  free(block: number): void {
    this.set(block * BLOCK_WORDS, this.word(FREE))
    this.set(FREE, block)
    this.#freed.add(block)
  }

  #locked<T>(step: () => T): T {
    try {
      const value = step()
      this.commit()
      return value
    } catch (error) {
      this.#rollback()
      throw error
    } finally {
      this.#unlock()
    }
  }

  #lock(): void {
    for (;;) {
      const owner = Atomics.compareExchange(this.words, LOCK, 0, this.#me)
      if (owner === 0) return
      // A step of this thread's own that did not get to its end, such as one that ran out of stack.
      if (owner === this.#me) {
        this.#rollback()
        return
      }
      Atomics.wait(this.words, LOCK, owner)
    }
  }

  #unlock(): void {
    Atomics.store(this.words, LOCK, 0)
    Atomics.notify(this.words, LOCK, 1)
  }

  #rollback(): void {
    const { words } = this
    for (let i = (words[JOURNAL_LENGTH] as number) - 1; i >= 0; i--)
      words[words[JOURNAL + 2 * i] as number] = words[JOURNAL + 2 * i + 1] as number
    this.commit()
  }
}
