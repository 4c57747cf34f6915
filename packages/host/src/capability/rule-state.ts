import type { GrantSet } from './grant-set.js'

/** Words per rule: revoked flag, entries used, bytes used. */
const WORDS = 3
const REVOKED = 0
const ENTRIES = 1
const BYTES = 2

/**
 * What changes about the rules of one plugin while it runs: revoked or not, and how much of a quota is used. It lies
 * in shared memory, so that a revocation holds for a thread that is busy inside WebAssembly, and so that all instances
 * of a plugin, later ones included, draw on one quota.
 */
export class RuleState {
  readonly buffer: SharedArrayBuffer
  readonly #words: BigInt64Array
  /** The lower halves of the same words: asked for with every use, so without a BigInt. */
  readonly #flags: Int32Array

  constructor(source: GrantSet | SharedArrayBuffer) {
    this.buffer =
      source instanceof SharedArrayBuffer
        ? source
        : new SharedArrayBuffer(Math.max(1, source.rules.length) * WORDS * BigInt64Array.BYTES_PER_ELEMENT)
    this.#words = new BigInt64Array(this.buffer)
    this.#flags = new Int32Array(this.buffer)
  }

  revoke(id: number): void {
    Atomics.store(this.#flags, (id * WORDS + REVOKED) * 2, 1)
  }

  isRevoked(id: number): boolean {
    return Atomics.load(this.#flags, (id * WORDS + REVOKED) * 2) !== 0
  }

  /** Books `count` new entries; false, and nothing is booked, if the quota does not allow them. */
  takeEntries(id: number, count: number, quota: number): boolean {
    return this.#take(id * WORDS + ENTRIES, count, quota)
  }

  /** Books growth by `bytes`; false, and nothing is booked, if the quota does not allow it. */
  takeBytes(id: number, bytes: number, quota: number): boolean {
    return this.#take(id * WORDS + BYTES, bytes, quota)
  }

  giveEntries(id: number, count: number): void {
    this.#give(id * WORDS + ENTRIES, count)
  }

  giveBytes(id: number, bytes: number): void {
    this.#give(id * WORDS + BYTES, bytes)
  }

  #take(word: number, amount: number, quota: number): boolean {
    const wanted = BigInt(amount)
    const before = Atomics.add(this.#words, word, wanted)
    if (before + wanted <= BigInt(quota)) return true
    Atomics.sub(this.#words, word, wanted)
    return false
  }

  /** Removing what the plugin did not make earns nothing: the balance never goes below zero. */
  #give(word: number, amount: number): void {
    const before = Atomics.load(this.#words, word)
    const returned = before < BigInt(amount) ? before : BigInt(amount)
    Atomics.sub(this.#words, word, returned)
  }
}
