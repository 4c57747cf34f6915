import type { Host } from '@wasm-plugin/host'
import { Levers } from './levers/levers.js'
import { Feed } from './watch/feed.js'
import { Recordings } from './watch/recordings.js'
import { Roster } from './watch/roster.js'

export interface SightParts {
  readonly readOnly: boolean
  readonly eventsPerSecond: number
  /** Called whenever a page opens. */
  readonly onLooked: () => void
  /** One that no plugin had yet. */
  readonly number: () => number
}

/** What there is to be seen of one host, and to be done with its plugins. */
export class Sight {
  readonly feed: Feed
  readonly levers: Levers
  readonly #recordings = new Recordings()

  constructor(host: Host, { readOnly, eventsPerSecond, onLooked, number }: SightParts) {
    const recordings = this.#recordings
    const roster = new Roster(host, number)
    this.feed = new Feed({ host, roster, recordings, readOnly, eventsPerSecond, onLooked })
    this.levers = new Levers({ host, roster, recordings, readOnly })
  }

  /** Ends the streams of the pages and forgets what was recorded. */
  close(): void {
    this.feed.close()
    this.#recordings.clear()
  }
}
