import type { StoreGrant } from '@wasm-plugin/wasi'
import { storeError } from '@wasm-plugin/wasi'
import { RECORD_HEAD, readRecord, type StoreRecord } from '../../wire/record.js'
import type { StoreJournal } from './journal.js'
import { runLater, runNow, type Steps } from './steps.js'

/** The values of one store: in memory, and in its journal if it is kept. */
export class Bucket {
  readonly #log: StoreJournal | null
  readonly #records = new Map<string, StoreRecord>()
  /** Bytes of all keys and values. */
  #bytes = 0
  #loaded = false
  /** What is being done asynchronously, one after the other. */
  #queue: Promise<unknown> = Promise.resolve()
  #waiting = 0

  constructor(journal: StoreJournal | null) {
    this.#log = journal
  }

  /** Runs steps when those before them have been taken. */
  async later<T>(steps: () => Steps<T>): Promise<T> {
    const run = () => runLater(steps())
    this.#waiting++
    const done = this.#queue.then(run, run).finally(() => this.#waiting--)
    this.#queue = done.catch(() => {})
    return await done
  }

  /** Whether something is being done asynchronously. */
  get isBusy(): boolean {
    return this.#waiting > 0
  }

  /** Runs steps at once. @throws {ComponentError} */
  now<T>(steps: () => Steps<T>): T {
    if (this.isBusy) throw unavailable('the store is in use')
    return runNow(steps())
  }

  /** Reads the journal, once. @throws what it throws */
  *load(): Steps<void> {
    if (this.#loaded) return
    this.#records.clear()
    this.#bytes = 0
    yield* this.#log?.load((record) => this.#apply(record)) ?? []
    this.#loaded = true
  }

  get(key: string): Uint8Array | undefined {
    return this.#records.get(key)?.value ?? undefined
  }

  keys(): string[] {
    return [...this.#records.keys()]
  }

  /** Keeps a change: in the journal first. @throws {ComponentError} and nothing has changed. */
  *change(bytes: Uint8Array, { quotaBytes, quotaKeys }: StoreGrant): Steps<void> {
    const record = readRecord(bytes) as StoreRecord
    const before = this.#records.get(record.key)
    if (record.value === null && before === undefined) return
    const growth = sizeOf(record) - sizeOf(before)
    if (
      (growth > 0 && this.#bytes + growth > quotaBytes) ||
      (before === undefined && this.#records.size >= quotaKeys)
    )
      throw unavailable('the store is full')
    yield* this.#keep(record)
  }

  *close(): Steps<void> {
    yield* this.#log?.close() ?? []
  }

  *#keep(record: StoreRecord): Steps<void> {
    const log = this.#log
    if (log === null) return this.#apply(record)
    try {
      yield* log.append(record)
    } catch (error) {
      const { code, message } = error as Error & { readonly code?: unknown }
      throw unavailable(typeof code === 'string' ? `the store cannot be written: ${code}` : message)
    }
    this.#apply(record)
    yield* log.compact(this.#records.values(), this.#bytes + this.#records.size * RECORD_HEAD)
  }

  #apply(record: StoreRecord): void {
    const before = this.#records.get(record.key)
    this.#bytes += sizeOf(record) - sizeOf(before)
    if (record.value === null) this.#records.delete(record.key)
    else this.#records.set(record.key, record)
  }
}

function unavailable(val: string) {
  return storeError({ tag: 'other', val })
}

/** Bytes of key and value; none of a record that deletes. */
function sizeOf(record: StoreRecord | undefined): number {
  return record === undefined || record.value === null ? 0 : record.bytes.length - RECORD_HEAD
}
