import type { Bucket } from './bucket.js'

/** What stores take of their platform. */
export interface StorePorts {
  /** The store that is kept under that name, in a file or a database; of the plugin alone, and not kept, for `null`. */
  open(file: string | null): OpenStore
  /** See `createRecord`. */
  makeRecord(key: string, value: Uint8Array | null): Uint8Array
}

export interface OpenStore {
  readonly bucket: Bucket
  /** To be called once: the last user closes what it is kept in. */
  release(): void
}
