import { Bucket } from './bucket.js'
import type { StoreJournal } from './journal.js'
import type { OpenStore } from './ports.js'
import type { Steps } from './steps.js'

interface Entry {
  readonly bucket: Bucket
  users: number
}

/** The stores of this process that are kept: plugins that are granted one of them share what is in it. */
export class OpenStores {
  readonly #open = new Map<string, Entry>()
  readonly #journalAt: (place: string) => StoreJournal

  constructor(journalAt: (place: string) => StoreJournal) {
    this.#journalAt = journalAt
  }

  /** The one at `place`, of which there is no other name; for `null`, one that nobody else has and nothing keeps. */
  open(place: string | null): OpenStore {
    if (place === null) return { bucket: new Bucket(null), release() {} }
    const entry = this.#open.get(place) ?? { bucket: new Bucket(this.#journalAt(place)), users: 0 }
    this.#open.set(place, entry)
    entry.users++
    return {
      bucket: entry.bucket,
      release: () => {
        entry.users--
        this.#closeUnused(place, entry)
      },
    }
  }

  /** At once, unless something is being written: until that is done, whoever opens the place gets the same bucket. */
  #closeUnused(place: string, entry: Entry): void {
    const open = this.#open
    const close = function* (): Steps<void> {
      if (entry.users > 0 || open.get(place) !== entry) return
      open.delete(place)
      yield* entry.bucket.close()
    }
    if (entry.bucket.isBusy) void entry.bucket.later(close).catch(() => {})
    else entry.bucket.now(close)
  }
}
