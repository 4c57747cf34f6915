import { ComponentError } from '@wasm-plugin/runtime'
import { type Awaitable, chain, rescue } from '../../awaitable.js'
import type { InstancePorts } from '../../ports.js'
import type { ServiceArgs, ServiceCaller, StoreServices } from '../../protocol/service-map.js'
import { storeError } from '../../protocol/store-error.js'
import { isLonger } from '../../utf8.js'

/** Bytes of a key, and of the longest name that is asked for. */
const MAX_KEY_BYTES = 1_024
const MAX_NAME_BYTES = 1_024

/** Each key of a batch is a decision of its own. */
const MAX_BATCH = 1_000

/**
 * `wasi:keyvalue`. The stores are on the host's thread, so all instances of a plugin see the same values. What is too
 * long to be there is not sent.
 */
export function createKeyvalue(services: ServiceCaller, { makeRecord }: Pick<InstancePorts, 'makeRecord'>) {
  const run = <K extends keyof StoreServices>(service: K, ...args: ServiceArgs<K>) =>
    services.call(service, args)
  class Bucket {
    readonly store: string

    constructor(store: string) {
      this.store = store
    }

    get(key: string) {
      return run('keyvalue.get', this.store, checked(key))
    }

    set(key: string, value: Uint8Array) {
      return run('keyvalue.set', this.store, checked(key), makeRecord(key, value))
    }

    delete(key: string) {
      return run('keyvalue.delete', this.store, checked(key))
    }

    exists(key: string) {
      return run('keyvalue.exists', this.store, checked(key))
    }

    /** All keys at once: a store has a quota of keys, so there is never a next page. */
    listKeys(_cursor: unknown) {
      return chain(run('keyvalue.list-keys', this.store), (keys) => ({ keys, cursor: undefined }))
    }
  }

  /** What was seen of a key when it was made; `swap` succeeds while that is still there. */
  class Cas {
    readonly store: string
    readonly key: string
    readonly seen: Uint8Array | undefined

    private constructor(store: string, key: string, seen: Uint8Array | undefined) {
      this.store = store
      this.key = key
      this.seen = seen
    }

    static new({ store }: Pick<Bucket, 'store'>, key: string): Awaitable<Cas> {
      return chain(run('keyvalue.get', store, checked(key)), (seen) => new Cas(store, key, seen))
    }

    current() {
      return this.seen
    }

    again(): Awaitable<Cas> {
      return Cas.new(this, this.key)
    }
  }

  const getMany = ({ store }: Bucket, keys: readonly string[]) =>
    run('keyvalue.get-many', store, limited(keys).map(checked))
  const batch = {
    getMany,
    setMany({ store }: Bucket, entries: readonly (readonly [string, Uint8Array])[]): Awaitable<void> {
      return run(
        'keyvalue.set-many',
        store,
        limited(entries).map(([key, value]) => [checked(key), makeRecord(key, value)] as const),
      )
    },
    deleteMany({ store }: Bucket, keys: readonly string[]): Awaitable<void> {
      return run('keyvalue.delete-many', store, limited(keys).map(checked))
    },
  }
  return {
    store: {
      Bucket,
      open(name: string): Awaitable<Bucket> {
        if (isLonger(name, MAX_NAME_BYTES)) throw storeError({ tag: 'no-such-store' })
        return chain(run('keyvalue.open', name), () => new Bucket(name))
      },
    },
    atomics: {
      Cas,
      increment: ({ store }: Bucket, key: string, delta: bigint) =>
        run('keyvalue.increment', store, checked(key), delta, 's64'),
      swap(cas: Cas, value: Uint8Array): Awaitable<void> {
        const { store, key, seen } = cas
        const swapped = asCasError(() => run('keyvalue.swap', store, key, seen, makeRecord(key, value)))
        return chain(swapped, (isNew) => {
          if (isNew) return
          return chain(
            asCasError(() => cas.again()),
            (val) => {
              throw new ComponentError({ tag: 'cas-failed', val }, 'cas-failed')
            },
          )
        })
      },
    },
    batch,
    /** The first draft counts without a sign, knows no `cas`, and leaves a missing key out. */
    draft: {
      atomics: {
        increment: ({ store }: Bucket, key: string, delta: bigint) =>
          run('keyvalue.increment', store, checked(key), delta, 'u64'),
      },
      batch: {
        ...batch,
        getMany: (bucket: Bucket, keys: readonly string[]) =>
          chain(getMany(bucket, keys), (entries) =>
            entries.map((entry) => (entry[1] === undefined ? undefined : entry)),
          ),
      },
    },
  }
}

function asCasError<T>(use: () => Awaitable<T>): Awaitable<T> {
  return rescue(use, (error) => {
    if (!ComponentError.is(error)) throw error
    throw new ComponentError({ tag: 'store-error', val: error.payload }, 'store-error')
  })
}

function checked(key: string): string {
  if (isLonger(key, MAX_KEY_BYTES)) throw storeError({ tag: 'other', val: 'the key is too long' })
  return key
}

function limited<T>(items: readonly T[]): readonly T[] {
  if (items.length <= MAX_BATCH) return items
  throw storeError({ tag: 'other', val: `a batch has at most ${MAX_BATCH} keys` })
}
