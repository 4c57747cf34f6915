import type { StoreRecord } from '../../wire/record.js'
import type { Steps } from './steps.js'

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
