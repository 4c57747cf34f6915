import { encodeError, inTurns, type Outcome } from '@wasm-plugin/embed/wire'
import { PluginError } from '@wasm-plugin/runtime/errors'
import type { RepliesMemory } from './messages.js'
import { encodePlain } from './plain-codec.js'

/** Bytes of most replies; larger ones get memory of their own, which the thread makes when it is told how much. */
const AREA_BYTES = 64 << 10

/** Indices of words that the page writes, the first of them last. */
export const word = {
  /** Counts what was said. */
  said: 0,
  /** The number of the request that it is about. */
  id: 1,
  /** Bytes of the reply. If they are more than the area has, it waits for memory. */
  length: 2,
} as const

export function repliesMemory(): RepliesMemory {
  return { words: new SharedArrayBuffer(3 * 4), area: new SharedArrayBuffer(AREA_BYTES) }
}

/** Answers what one thread asks. */
export interface Answers {
  /** A request has arrived. */
  begin(id: number): void
  send(id: number, outcome: Outcome): Promise<void>
  /** The memory that the thread has made for a large one. */
  fill(id: number, room: SharedArrayBuffer): Promise<void>
}

/** The page's side: writes what a sleeping thread is answered, and wakes it. A thread asks one thing at a time. */
export class Replies implements Answers {
  readonly #words: Int32Array
  readonly #area: Uint8Array
  readonly #maxValues: number
  /** The last request; one before it is waited for no more. */
  #asked = 0
  /** What waits for memory. */
  #large: Uint8Array | undefined

  /** @param maxValues that the thread has room for */
  constructor({ words, area }: RepliesMemory, maxValues: number) {
    this.#words = new Int32Array(words)
    this.#area = new Uint8Array(area)
    this.#maxValues = maxValues
  }

  begin(id: number): void {
    this.#asked = id
    this.#large = undefined
  }

  async send(id: number, outcome: Outcome): Promise<void> {
    const bytes = await encoded(outcome, this.#maxValues)
    if (id !== this.#asked) return
    if (bytes.length > this.#area.length) this.#large = bytes
    else this.#area.set(bytes)
    this.#say(id, bytes.length)
  }

  async fill(id: number, room: SharedArrayBuffer): Promise<void> {
    const bytes = this.#large
    if (id !== this.#asked || bytes === undefined) return
    await inTurns(copied(bytes, new Uint8Array(room)))
    if (id !== this.#asked) return
    this.#large = undefined
    this.#say(id, bytes.length)
  }

  #say(id: number, length: number): void {
    this.#words[word.id] = id
    this.#words[word.length] = length
    Atomics.add(this.#words, word.said, 1)
    Atomics.notify(this.#words, word.said)
  }
}

/**
 * A reply. One that there is no room for, or that cannot be carried, becomes a failure: a waiting thread always wakes up.
 *
 * @param maxValues that the thread has room for
 */
export async function encoded(outcome: Outcome, maxValues: number): Promise<Uint8Array> {
  try {
    return await inTurns(encodePlain(outcome, maxValues))
  } catch (error) {
    const failure = { ok: false, error: plain(error) }
    return await inTurns(encodePlain(failure, Number.POSITIVE_INFINITY))
  }
}

function plain(error: unknown): unknown {
  return PluginError.is(error, 'VALUE_TOO_LARGE')
    ? encodeError(error)
    : { kind: 'other', message: encodeError(error).message }
}

/** Bytes that are copied in one step. */
const CHUNK = 1 << 20

function* copied(from: Uint8Array, to: Uint8Array): Generator<void, void> {
  for (let at = 0; at < from.length; at += CHUNK) {
    to.set(from.subarray(at, at + CHUNK), at)
    yield
  }
}
