import type { StoreOperation } from '../../capability/keyvalue/store.js'
import type { ServiceCaller } from '../context.js'

/** `wasi:keyvalue/store`. The stores are on the host's thread, so all instances of a plugin see the same values. */
export function createKeyvalue(services: ServiceCaller) {
  const run = (name: string, operation: StoreOperation, ...rest: unknown[]) =>
    services.call('keyvalue', [name, operation, ...rest])
  class Bucket {
    readonly #name: string

    constructor(name: string) {
      this.#name = name
    }

    get(key: string) {
      return run(this.#name, 'get', key)
    }

    set(key: string, value: Uint8Array) {
      run(this.#name, 'set', key, value.slice())
    }

    delete(key: string) {
      run(this.#name, 'delete', key)
    }

    exists(key: string) {
      return run(this.#name, 'exists', key)
    }

    /** All keys at once: a store has a quota of keys, so there is never a next page. */
    listKeys(_cursor: unknown) {
      return { keys: run(this.#name, 'list-keys'), cursor: undefined }
    }
  }
  return {
    Bucket,
    open(name: string): Bucket {
      run(name, 'open')
      return new Bucket(name)
    },
  }
}
