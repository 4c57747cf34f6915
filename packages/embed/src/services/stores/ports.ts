import type { Bucket } from './bucket.js'
import type { StoreRecord } from './record.js'
import type { Steps } from './steps.js'

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

/** Where the records of one store are kept. */
export interface StoreJournal {
  /** Gives every record to `take`. Throws why it cannot, and has changed nothing. */
  load(take: (record: StoreRecord) => void): Steps<void>
  /** Returns when it is kept; when it throws, it is not. */
  append(record: StoreRecord): Steps<void>
  /** Makes room, where most is outdated. `size` is that of the records that are not. */
  compact(records: Iterable<StoreRecord>, size: number): Steps<void>
  close(): Steps<void>
}
