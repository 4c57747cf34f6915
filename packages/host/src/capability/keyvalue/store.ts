import type { Gate } from '../gate.js'
import type { StoreGrant } from '../grant-set.js'
import { Bucket } from './bucket.js'
import { type CounterType, incremented } from './counter.js'
import { storeError } from './errors.js'

/** One use of a store, as the plugin's thread asks for it. */
export type StoreRequest =
  | readonly ['open' | 'list-keys', name: string]
  | readonly ['get' | 'delete' | 'exists', name: string, key: string]
  | readonly ['set', name: string, key: string, value: Uint8Array]
  | readonly ['increment', name: string, key: string, delta: bigint, type: CounterType]
  | readonly ['swap', name: string, key: string, seen: Uint8Array | undefined, value: Uint8Array]
  | readonly ['get-many' | 'delete-many', name: string, keys: readonly string[]]
  | readonly ['set-many', name: string, entries: readonly (readonly [string, Uint8Array])[]]

/** Each key of a batch is a decision of its own, and the host's thread does nothing else meanwhile. */
const MAX_BATCH = 1_000

/** The key-value stores of one plugin, on the host's thread, so that all its instances see one state. */
export class Stores {
  readonly #gate: Gate
  readonly #open = new Map<string, Bucket>()

  constructor(gate: Gate) {
    this.#gate = gate
  }

  /** Does one request; the decision is about the store, the report names the key. */
  run(request: StoreRequest): unknown {
    const [operation, name] = request
    switch (operation) {
      case 'open':
        this.#allowed(operation, name)
        return undefined
      case 'list-keys':
        return this.#allowed(operation, name).bucket.keys()
      case 'get':
        return this.#get(name, request[2])
      case 'exists':
        return this.#allowed(operation, name, request[2]).bucket.get(request[2]) !== undefined
      case 'set':
        return this.#set(name, request[2], request[3])
      case 'delete':
        return this.#delete(name, request[2])
      case 'increment':
        return this.#increment(name, request[2], { delta: request[3], type: request[4] })
      case 'swap':
        return this.#swap(name, request[2], { seen: request[3], value: request[4] })
      case 'get-many':
        return limited(request[2]).map((key) => [key, this.#get(name, key)])
      case 'set-many':
        return this.#many(name, limited(request[2]), ([key, value]) => this.#set(name, key, value))
      case 'delete-many':
        return this.#many(name, limited(request[2]), (key) => this.#delete(name, key))
    }
  }

  #get(name: string, key: string): Uint8Array | undefined {
    return this.#allowed('get', name, key).bucket.get(key)
  }

  #set(name: string, key: string, value: Uint8Array): void {
    const { bucket, grant } = this.#allowed('set', name, key)
    bucket.set(key, value, grant)
  }

  #delete(name: string, key: string): void {
    this.#allowed('delete', name, key).bucket.delete(key)
  }

  /** Nothing comes between reading and writing: the stores have one thread. */
  #increment(name: string, key: string, { delta, type }: { delta: bigint; type: CounterType }): bigint {
    const { bucket, grant } = this.#allowed('increment', name, key)
    const { sum, value } = incremented(bucket.get(key), delta, type)
    bucket.set(key, value, grant)
    return sum
  }

  /** Whether the value was still the one that was seen, and is now the new one. */
  #swap(
    name: string,
    key: string,
    { seen, value }: { seen: Uint8Array | undefined; value: Uint8Array },
  ): boolean {
    const { bucket, grant } = this.#allowed('swap', name, key)
    const now = bucket.get(key)
    if (now === undefined || seen === undefined ? now !== seen : !Buffer.from(now).equals(seen)) return false
    bucket.set(key, value, grant)
    return true
  }

  #many<T>(name: string, items: readonly T[], change: (item: T) => void): void {
    if (items.length === 0) return
    const grant = this.#gate.grants.current.keyvalue.find((store) => store.name === name)
    const all = () => items.forEach(change)
    if (grant === undefined) all()
    else this.#bucket(grant).batch(all)
  }

  #allowed(operation: string, name: string, key?: string): { bucket: Bucket; grant: StoreGrant } {
    const target = key === undefined ? name : `${name}/${key}`
    const { reason } = this.#gate.check({ capability: 'keyvalue', operation, target, store: name })
    if (reason !== null)
      throw storeError({ tag: operation === 'open' ? 'no-such-store' : 'access-denied' }, reason)
    const grant = this.#gate.grants.current.keyvalue.find((store) => store.name === name)
    if (grant === undefined) throw storeError({ tag: 'no-such-store' })
    return { bucket: this.#bucket(grant), grant }
  }

  #bucket({ name, file }: StoreGrant): Bucket {
    const known = this.#open.get(name)
    if (known !== undefined) return known
    const bucket = new Bucket(file)
    this.#open.set(name, bucket)
    return bucket
  }
}

function limited<T>(items: readonly T[]): readonly T[] {
  if (items.length <= MAX_BATCH) return items
  throw storeError({ tag: 'other', val: `a batch has at most ${MAX_BATCH} keys` })
}
