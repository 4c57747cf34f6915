import { ComponentError } from '@wasm-plugin/runtime'
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
      run('keyvalue.set', this.store, checked(key), makeRecord(key, value))
    }

    delete(key: string) {
      run('keyvalue.delete', this.store, checked(key))
    }

    exists(key: string) {
      return run('keyvalue.exists', this.store, checked(key))
    }

    /** All keys at once: a store has a quota of keys, so there is never a next page. */
    listKeys(_cursor: unknown) {
      return { keys: run('keyvalue.list-keys', this.store), cursor: undefined }
    }
  }

  /** What was seen of a key when it was made; `swap` succeeds while that is still there. */
  class Cas {
    readonly store: string
    readonly key: string
    readonly seen: Uint8Array | undefined

    private constructor(store: string, key: string) {
      this.store = store
      this.key = key
      this.seen = run('keyvalue.get', store, checked(key))
    }

    static new(bucket: Bucket, key: string): Cas {
      return new Cas(bucket.store, key)
    }

    current() {
      return this.seen
    }

    again(): Cas {
      return new Cas(this.store, this.key)
    }
  }

  const getMany = ({ store }: Bucket, keys: readonly string[]) =>
    run('keyvalue.get-many', store, limited(keys).map(checked))
  const batch = {
    getMany,
    setMany({ store }: Bucket, entries: readonly (readonly [string, Uint8Array])[]): void {
      run(
        'keyvalue.set-many',
        store,
        limited(entries).map(([key, value]) => [checked(key), makeRecord(key, value)] as const),
      )
    },
    deleteMany({ store }: Bucket, keys: readonly string[]): void {
      run('keyvalue.delete-many', store, limited(keys).map(checked))
    },
  }
  return {
    store: {
      Bucket,
      open(name: string): Bucket {
        if (isLonger(name, MAX_NAME_BYTES)) throw storeError({ tag: 'no-such-store' })
        run('keyvalue.open', name)
        return new Bucket(name)
      },
    },
    atomics: {
      Cas,
      increment: ({ store }: Bucket, key: string, delta: bigint) =>
        run('keyvalue.increment', store, checked(key), delta, 's64'),
      swap(cas: Cas, value: Uint8Array): void {
        if (!asCasError(() => run('keyvalue.swap', cas.store, cas.key, cas.seen, makeRecord(cas.key, value))))
          throw new ComponentError({ tag: 'cas-failed', val: asCasError(() => cas.again()) }, 'cas-failed')
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
          getMany(bucket, keys).map((entry) => (entry[1] === undefined ? undefined : entry)),
      },
    },
  }
}

function asCasError<T>(use: () => T): T {
  try {
    return use()
  } catch (error) {
    if (!ComponentError.is(error)) throw error
    throw new ComponentError({ tag: 'store-error', val: error.payload }, 'store-error')
  }
}

function checked(key: string): string {
  if (isLonger(key, MAX_KEY_BYTES)) throw storeError({ tag: 'other', val: 'the key is too long' })
  return key
}

function limited<T>(items: readonly T[]): readonly T[] {
  if (items.length <= MAX_BATCH) return items
  throw storeError({ tag: 'other', val: `a batch has at most ${MAX_BATCH} keys` })
}
