import { errors } from '../../errors/capability-codes.js'
import { PluginError } from '../../errors/plugin-error.js'
import type { Gate } from '../../grants/gate.js'
import type { StoreGrant } from '../../grants/grant-set.js'
import type { Bucket } from './bucket.js'
import { type CounterType, incremented } from './counter.js'
import { runLater, runNow, type Steps } from './disk.js'
import { storeError } from './errors.js'
import { type OpenStore, openStore } from './open-stores.js'
import { makeRecord } from './record.js'

/** One use of a store, as the plugin's thread asks for it; a value that is to be kept is in its record. */
export type StoreRequest =
  | readonly ['open' | 'list-keys', name: string]
  | readonly ['get' | 'delete' | 'exists', name: string, key: string]
  | readonly ['set', name: string, key: string, record: Uint8Array]
  | readonly ['increment', name: string, key: string, delta: bigint, type: CounterType]
  | readonly ['swap', name: string, key: string, seen: Uint8Array | undefined, record: Uint8Array]
  | readonly ['get-many' | 'delete-many', name: string, keys: readonly string[]]
  | readonly ['set-many', name: string, entries: readonly (readonly [string, Uint8Array])[]]

/** The key-value stores of one plugin, on the host's thread, so that all its instances see one state. */
export class Stores {
  readonly #gate: Gate
  readonly #open = new Map<string, OpenStore>()
  #closed = false

  constructor(gate: Gate) {
    this.#gate = gate
  }

  /** Reads every store that is granted, so that the load fails if one cannot be used. @throws {STORE_UNUSABLE} */
  async start(): Promise<void> {
    for (const grant of this.#gate.grants.current.keyvalue) {
      const bucket = this.#bucket(grant)
      await bucket.later(() => load(bucket, grant))
    }
  }

  /** Does one request; the decision is about the store, the report names the key. @throws {ComponentError} */
  async run(request: StoreRequest): Promise<unknown> {
    const steps = () => this.#steps(request)
    const bucket = this.#granted(request[1])
    return await (bucket === undefined ? runLater(steps()) : bucket.later(steps))
  }

  /** The same at once, for a plugin in the application's thread. */
  runNow(request: StoreRequest): unknown {
    const steps = () => this.#steps(request)
    const bucket = this.#granted(request[1])
    return bucket === undefined ? runNow(steps()) : bucket.now(steps)
  }

  close(): void {
    this.#closed = true
    for (const { release } of this.#open.values()) release()
    this.#open.clear()
  }

  *#steps(request: StoreRequest): Steps<unknown> {
    const [operation, name] = request
    switch (operation) {
      case 'open':
        yield* this.#allowed(operation, name)
        return undefined
      case 'list-keys':
        return (yield* this.#allowed(operation, name)).bucket.keys()
      case 'get':
        return yield* this.#get(name, request[2])
      case 'exists':
        return (yield* this.#allowed(operation, name, request[2])).bucket.get(request[2]) !== undefined
      case 'set':
        return yield* this.#set(name, request[2], request[3])
      case 'delete':
        return yield* this.#delete(name, request[2])
      case 'increment':
        return yield* this.#increment(name, request[2], { delta: request[3], type: request[4] })
      case 'swap':
        return yield* this.#swap(name, request[2], { seen: request[3], record: request[4] })
      case 'get-many': {
        const entries: [string, Uint8Array | undefined][] = []
        for (const key of request[2]) entries.push([key, yield* this.#get(name, key)])
        return entries
      }
      case 'set-many':
        for (const [key, record] of request[2]) yield* this.#set(name, key, record)
        return undefined
      case 'delete-many':
        for (const key of request[2]) yield* this.#delete(name, key)
        return undefined
    }
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
    yield* bucket.change(makeRecord(key, null), grant)
  }

  /** Nothing comes between reading and writing: a bucket does one thing at a time. */
  *#increment(
    name: string,
    key: string,
    { delta, type }: { delta: bigint; type: CounterType },
  ): Steps<bigint> {
    const { bucket, grant } = yield* this.#allowed('increment', name, key)
    const { sum, value } = incremented(bucket.get(key), delta, type)
    yield* bucket.change(makeRecord(key, value), grant)
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
    if (now === undefined || seen === undefined ? now !== seen : Buffer.compare(now, seen) !== 0) return false
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
    const known = this.#open.get(name) ?? openStore(file)
    this.#open.set(name, known)
    return known.bucket
  }
}

function* load(bucket: Bucket, { name, file }: StoreGrant): Steps<void> {
  try {
    yield* bucket.load()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw errors.STORE_UNUSABLE({ store: name, file: file ?? '', reason: code ?? message }, error)
  }
}
