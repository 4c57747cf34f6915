import { ComponentError } from '@wasm-plugin/runtime'
import type { StoreRequest } from '../../capability/keyvalue/store.js'
import type { ServiceCaller } from '../context.js'

type Entry = [key: string, value: Uint8Array | undefined]

/** `wasi:keyvalue`. The stores are on the host's thread, so all instances of a plugin see the same values. */
export function createKeyvalue(services: ServiceCaller) {
  const run = (...request: StoreRequest) => services.call('keyvalue', request)
  class Bucket {
    readonly store: string

    constructor(store: string) {
      this.store = store
    }

    get(key: string) {
      return run('get', this.store, key)
    }

    set(key: string, value: Uint8Array) {
      run('set', this.store, key, value.slice())
    }

    delete(key: string) {
      run('delete', this.store, key)
    }

    exists(key: string) {
      return run('exists', this.store, key)
    }

    /** All keys at once: a store has a quota of keys, so there is never a next page. */
    listKeys(_cursor: unknown) {
      return { keys: run('list-keys', this.store), cursor: undefined }
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
      this.seen = run('get', store, key) as Uint8Array | undefined
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

  const getMany = ({ store }: Bucket, keys: readonly string[]) => run('get-many', store, [...keys]) as Entry[]
  const batch = {
    getMany,
    setMany({ store }: Bucket, entries: readonly (readonly [string, Uint8Array])[]): void {
      run(
        'set-many',
        store,
        entries.map(([key, value]) => [key, value.slice()] as const),
      )
    },
    deleteMany({ store }: Bucket, keys: readonly string[]): void {
      run('delete-many', store, [...keys])
    },
  }
  return {
    store: {
      Bucket,
      open(name: string): Bucket {
        run('open', name)
        return new Bucket(name)
      },
    },
    atomics: {
      Cas,
      increment: ({ store }: Bucket, key: string, delta: bigint) =>
        run('increment', store, key, delta, 's64'),
      swap(cas: Cas, value: Uint8Array): void {
        if (!asCasError(() => run('swap', cas.store, cas.key, cas.seen, value.slice())))
          throw new ComponentError({ tag: 'cas-failed', val: asCasError(() => cas.again()) }, 'cas-failed')
      },
    },
    batch,
    /** The first draft counts without a sign, knows no `cas`, and leaves a missing key out. */
    draft: {
      atomics: {
        increment: ({ store }: Bucket, key: string, delta: bigint) =>
          run('increment', store, key, delta, 'u64'),
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
