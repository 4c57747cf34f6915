import { PluginError } from '@wasm-plugin/runtime/errors'
import type { CounterType, Gate, StoreEntry, StoreGrant, StoreServices } from '@wasm-plugin/wasi'
import { errors, storeError } from '@wasm-plugin/wasi'
import type { Bucket } from './bucket.js'
import { incremented } from './counter.js'
import type { OpenStore, StorePorts } from './ports.js'
import { runLater, runNow, type Steps } from './steps.js'

type StoreName = keyof StoreServices
type Args<K extends StoreName> = StoreServices[K]['args']
type Result<K extends StoreName> = StoreServices[K]['result']
/** What each service does, in steps. */
type Operations = { readonly [K in StoreName]: (...args: Args<K>) => Steps<Result<K>> }

/** The key-value stores of one plugin, on the host's thread, so that all its instances see one state. */
export class Stores {
  readonly #gate: Gate
  readonly #ports: StorePorts
  readonly #open = new Map<string, OpenStore>()
  #closed = false
  readonly #operations: Operations = {
    'keyvalue.open': (store) => this.#openStore(store),
    'keyvalue.list-keys': (store) => this.#keys(store),
    'keyvalue.get': (store, key) => this.#get(store, key),
    'keyvalue.exists': (store, key) => this.#exists(store, key),
    'keyvalue.set': (store, key, record) => this.#set(store, key, record),
    'keyvalue.delete': (store, key) => this.#delete(store, key),
    'keyvalue.increment': (store, key, delta, type) => this.#increment(store, key, { delta, type }),
    'keyvalue.swap': (store, key, seen, record) => this.#swap(store, key, { seen, record }),
    'keyvalue.get-many': (store, keys) => this.#getMany(store, keys),
    'keyvalue.set-many': (store, records) => this.#setMany(store, records),
    'keyvalue.delete-many': (store, keys) => this.#deleteMany(store, keys),
  }

  constructor(gate: Gate, ports: StorePorts) {
    this.#gate = gate
    this.#ports = ports
  }

  /** Reads every store that is granted, so that the load fails if one cannot be used. @throws {STORE_UNUSABLE} */
  async start(): Promise<void> {
    for (const grant of this.#gate.grants.current.keyvalue) {
      const bucket = this.#bucket(grant)
      await bucket.later(() => load(bucket, grant))
    }
  }

  /** Carries a service out; the decision is about the store, the report names the key. Rejects with a `ComponentError`. */
  later<K extends StoreName>(service: K): (...args: Args<K>) => Promise<Result<K>> {
    return async (...args) => {
      const steps = () => this.#operations[service](...args)
      const bucket = this.#granted(args[0])
      return await (bucket === undefined ? runLater(steps()) : bucket.later(steps))
    }
  }

  /** The same at once, for a plugin in the application's thread. */
  now<K extends StoreName>(service: K): (...args: Args<K>) => Result<K> {
    return (...args) => {
      const steps = () => this.#operations[service](...args)
      const bucket = this.#granted(args[0])
      return bucket === undefined ? runNow(steps()) : bucket.now(steps)
    }
  }

  close(): void {
    this.#closed = true
    for (const { release } of this.#open.values()) release()
    this.#open.clear()
  }

  *#getMany(name: string, keys: readonly string[]): Steps<StoreEntry[]> {
    const entries: StoreEntry[] = []
    for (const key of keys) entries.push([key, yield* this.#get(name, key)])
    return entries
  }

  *#setMany(name: string, records: readonly (readonly [string, Uint8Array])[]): Steps<void> {
    for (const [key, record] of records) yield* this.#set(name, key, record)
  }

  *#deleteMany(name: string, keys: readonly string[]): Steps<void> {
    for (const key of keys) yield* this.#delete(name, key)
  }

  *#openStore(name: string): Steps<void> {
    yield* this.#allowed('open', name)
  }

  *#keys(name: string): Steps<string[]> {
    return (yield* this.#allowed('list-keys', name)).bucket.keys()
  }

  *#exists(name: string, key: string): Steps<boolean> {
    return (yield* this.#allowed('exists', name, key)).bucket.get(key) !== undefined
  }

  *#get(name: string, key: string): Steps<Uint8Array | undefined> {
    return (yield* this.#allowed('get', name, key)).bucket.get(key)
  }

  *#set(name: string, key: string, record: Uint8Array): Steps<void> {
    const { bucket, grant } = yield* this.#allowed('set', name, key)
    yield* bucket.change(record, grant)
  }

  *#delete(name: string, key: string): Steps<void> {
    const { bucket, grant } = yield* this.#allowed('delete', name, key)
    yield* bucket.change(this.#ports.makeRecord(key, null), grant)
  }

  /** Nothing comes between reading and writing: a bucket does one thing at a time. */
  *#increment(
    name: string,
    key: string,
    { delta, type }: { delta: bigint; type: CounterType },
  ): Steps<bigint> {
    const { bucket, grant } = yield* this.#allowed('increment', name, key)
    const { sum, value } = incremented(bucket.get(key), delta, type)
    yield* bucket.change(this.#ports.makeRecord(key, value), grant)
    return sum
  }

  /** Whether the value was still the one that was seen, and is now the new one. */
  *#swap(
    name: string,
    key: string,
    { seen, record }: { seen: Uint8Array | undefined; record: Uint8Array },
  ): Steps<boolean> {
    const { bucket, grant } = yield* this.#allowed('swap', name, key)
    const now = bucket.get(key)
    if (!isSame(now, seen)) return false
    yield* bucket.change(record, grant)
    return true
  }

  *#allowed(
    operation: string,
    name: string,
    key?: string,
  ): Steps<{ readonly bucket: Bucket; readonly grant: StoreGrant }> {
    const target = key === undefined ? name : `${name}/${key}`
    const { reason } = this.#gate.check({ capability: 'keyvalue', operation, target, store: name })
    if (reason !== null)
      throw storeError({ tag: operation === 'open' ? 'no-such-store' : 'access-denied' }, reason)
    const grant = this.#gate.grants.current.keyvalue.find((store) => store.name === name)
    if (grant === undefined) throw storeError({ tag: 'no-such-store' })
    const bucket = this.#bucket(grant)
    try {
      yield* load(bucket, grant)
    } catch (error) {
      if (!PluginError.is(error, 'STORE_UNUSABLE')) throw error
      throw storeError({ tag: 'other', val: 'the store cannot be read' })
    }
    return { bucket, grant }
  }

  #granted(name: string): Bucket | undefined {
    const grant = this.#gate.grants.current.keyvalue.find((store) => store.name === name)
    return grant && this.#bucket(grant)
  }

  #bucket({ name, file }: StoreGrant): Bucket {
    // Of a thread that has been ended, a request may still be on its way.
    if (this.#closed) throw storeError({ tag: 'other', val: 'the plugin was closed' })
    const known = this.#open.get(name) ?? this.#ports.open(file)
    this.#open.set(name, known)
    return known.bucket
  }
}

function isSame(now: Uint8Array | undefined, seen: Uint8Array | undefined): boolean {
  if (now === undefined || seen === undefined) return now === seen
  return now.length === seen.length && now.every((byte, i) => byte === seen[i])
}

function* load(bucket: Bucket, { name, file }: StoreGrant): Steps<void> {
  try {
    yield* bucket.load()
  } catch (error) {
    const { code, message } = error as Error & { readonly code?: unknown }
    const reason = typeof code === 'string' ? code : message
    throw errors.STORE_UNUSABLE({ store: name, file: file ?? '', reason }, error)
  }
}
