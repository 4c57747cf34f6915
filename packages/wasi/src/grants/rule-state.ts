import { sharedMemory } from '../shared-memory.js'
import type { GrantSet } from './grant-set.js'
import { type FileIdentity, OpenFiles } from './open-files.js'
import { ThreadLock } from './thread-lock.js'

export type RuleLock = Pick<ThreadLock, 'run' | 'release'>
export type FileNotes = Pick<OpenFiles, 'isKept' | 'add' | 'remove' | 'isOpen' | 'orphan' | 'release'> & {
  on(account: number): Iterable<FileIdentity>
}

/** Words before those of the rules, and their halves: see the methods. */
const HEAD = 2
const VERSION = 0
const HEARD = 1
const MOVES = 2
const FILES = 3
/** Words per rule: entries used, bytes used. */
const WORDS = 2
const ENTRIES = 0
const BYTES = 1
/** Files that the instances of a plugin may have open together: what so many of them may have each, up to a bound. */
const INSTANCES = 16
const MAX_FILES = 1 << 16

/**
 * What changes about the grants of one plugin while it runs: their version, whether anybody hears of what is allowed,
 * and how much of a quota is used. It lies in shared memory, so that a narrower version holds for a thread that is busy
 * inside WebAssembly, and so that all instances of a plugin, later ones included, draw on one quota.
 */
export class RuleState {
  readonly buffer: SharedArrayBuffer
  /**
   * For what looks where links lead and then moves or makes some: the instances of a plugin do so one after the other, or
   * one could make a link in a directory that another has looked through and is about to move up. So is whatever changes
   * the size of a file, or what names it has, booked and done in one: what is booked is what is there.
   */
  readonly moves: RuleLock
  /** The regular files that are open, of a plugin that may change any. To be used under the lock. */
  readonly files: FileNotes
  readonly #words: BigInt64Array
  /** The first is asked for with every use, so without a BigInt. */
  readonly #head: Int32Array<SharedArrayBuffer>
  readonly #onChange = new Set<() => void>()

  /** @param elsewhere the lock and the notes, if they are not in the buffer */
  constructor(source: GrantSet | SharedArrayBuffer, elsewhere?: Pick<RuleState, 'moves' | 'files'>) {
    this.buffer = 'rules' in source ? allocate(source) : source
    this.#words = new BigInt64Array(this.buffer)
    this.#head = new Int32Array(this.buffer, 0, HEAD * 2)
    this.moves = elsewhere?.moves ?? new ThreadLock(this.#head, MOVES)
    this.files = elsewhere?.files ?? new OpenFiles(this.buffer, this.#head[FILES] as number)
  }

  /** What of it a thread sees without asking, for one that does not share this memory: see `AskedRuleState`. */
  head(): Int32Array {
    return this.#head.slice()
  }

  /** Calls back when the head was changed by this object; the answer ends that. */
  onChange(changed: () => void): () => void {
    this.#onChange.add(changed)
    return () => this.#onChange.delete(changed)
  }

  version(): number {
    return Atomics.load(this.#head, VERSION)
  }

  publish(version: number): void {
    Atomics.store(this.#head, VERSION, version)
    this.#changed()
  }

  /** Whether uses that are allowed are reported to the application's thread. Denials always are. */
  heard(): boolean {
    return Atomics.load(this.#head, HEARD) === 1
  }

  setHeard(heard: boolean): void {
    const before = Atomics.exchange(this.#head, HEARD, heard ? 1 : 0)
    if (before !== (heard ? 1 : 0)) this.#changed()
  }

  /** Books `count` new entries; false, and nothing is booked, if the quota does not allow them. */
  takeEntries(account: number, count: number, quota: number): boolean {
    return this.#take(HEAD + account * WORDS + ENTRIES, count, quota)
  }

  /** Books growth by `bytes`; false, and nothing is booked, if the quota does not allow it. */
  takeBytes(account: number, bytes: number, quota: number): boolean {
    return this.#take(HEAD + account * WORDS + BYTES, bytes, quota)
  }

  giveEntries(account: number, count: number): void {
    this.#give(HEAD + account * WORDS + ENTRIES, count)
  }

  giveBytes(account: number, bytes: number): void {
    this.#give(HEAD + account * WORDS + BYTES, bytes)
  }

  used(account: number): { readonly entries: number; readonly bytes: number } {
    const [entries, bytes] = [ENTRIES, BYTES].map((word) =>
      Number(Atomics.load(this.#words, HEAD + account * WORDS + word)),
    ) as [number, number]
    return { entries, bytes }
  }

  #changed(): void {
    for (const changed of this.#onChange) changed()
  }

  /** To be called by the host when a thread has ended, which may have been anywhere. */
  release(deadThread: number): void {
    this.files.release(deadThread)
    this.moves.release(deadThread)
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
    const given = BigInt(amount)
    for (;;) {
      const before = Atomics.load(this.#words, word)
      const after = before < given ? 0n : before - given
      if (Atomics.compareExchange(this.#words, word, before, after) === before) return
    }
  }
}

function allocate({ rules, fs }: GrantSet): SharedArrayBuffer {
  const open = fs.reduce((sum, { maxOpen }) => sum + maxOpen, 0)
  const files = fs.some(({ access }) => access === 'read-write') ? Math.min(open * INSTANCES, MAX_FILES) : 0
  const words = (HEAD + rules.length * WORDS) * BigInt64Array.BYTES_PER_ELEMENT
  const buffer = sharedMemory(words + OpenFiles.bytesFor(files))
  new Int32Array(buffer)[FILES] = files
  return buffer
}
