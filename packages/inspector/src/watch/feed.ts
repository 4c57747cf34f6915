import type { Host, HostEvent } from '@wasm-plugin/host'
import { errors } from '../errors/index.js'
import type { Entry, Hello, HostRow, Tick, Told } from '../protocol.js'
import { entryOf, shareOf } from './entry.js'
import type { Recordings } from './recordings.js'
import type { Roster } from './roster.js'
import { Sampler } from './sampler.js'

/** Milliseconds between two lines of a stream. */
const TICK_MS = 200
/** Pages at a time. */
const MAX_PAGES = 8

/** A page that looks, as the server has it. */
export interface Page {
  /** False where it does not read: what is told then is lost, and counted. */
  readonly isReading: boolean
  tell(told: Told): void
  end(): void
}

export interface FeedParts {
  readonly host: Host
  readonly roster: Roster
  readonly recordings: Recordings
  readonly eventsPerSecond: number
  readonly readOnly: boolean
  /** Called whenever a page opens. */
  readonly onLooked: () => void
}

/** Tells pages what the plugins do. While nobody looks and nothing is recorded, it listens to nothing. */
export class Feed {
  readonly #parts: FeedParts
  readonly #sampler: Sampler
  readonly #pages = new Map<Page, Looking>()
  readonly #listener = (event: HostEvent) => this.#take(event)
  #timer: NodeJS.Timeout | undefined
  #isListening = false
  #entries: Entry[] = []
  #events = 0

  constructor(parts: FeedParts) {
    this.#parts = parts
    this.#sampler = new Sampler(Math.floor((parts.eventsPerSecond * TICK_MS) / 1_000))
    parts.recordings.onChange = () => this.#listen()
  }

  /** @returns what ends it. @throws {INSPECTOR_BUSY} */
  open(page: Page): () => void {
    if (this.#pages.size >= MAX_PAGES) throw errors.INSPECTOR_BUSY({ max: MAX_PAGES })
    const { readOnly, eventsPerSecond, onLooked } = this.#parts
    page.tell({ kind: 'hello', readOnly, eventsPerSecond } satisfies Hello)
    this.#pages.set(page, { look: 0, known: new Set(), missed: 0 })
    this.#listen()
    onLooked()
    return () => {
      this.#pages.delete(page)
      this.#listen()
    }
  }

  close(): void {
    for (const page of this.#pages.keys()) page.end()
    this.#pages.clear()
    this.#listen()
  }

  /** Begins or ends listening, as there is somebody to hear. */
  #listen(): void {
    const looks = this.#pages.size > 0
    if (looks && this.#timer === undefined) this.#timer = setInterval(() => this.#tick(), TICK_MS).unref()
    if (!looks) {
      clearInterval(this.#timer)
      this.#timer = undefined
      this.#entries = []
      this.#events = 0
    }
    const listens = looks || this.#parts.recordings.isOn
    if (listens !== this.#isListening) this.#parts.host[listens ? 'on' : 'off']('event', this.#listener)
    this.#isListening = listens
  }

  #take(event: HostEvent): void {
    this.#parts.recordings.take(event)
    if (this.#pages.size === 0) return
    this.#events++
    if (this.#sampler.takes(shareOf(event), event.plugin)) this.#entries.push(entryOf(event, Date.now()))
  }

  #tick(): void {
    const { host, roster } = this.#parts
    const look = roster.look()
    const told = {
      kind: 'tick',
      at: Date.now(),
      host: hostRow(host),
      events: this.#events,
      entries: this.#entries,
    } as const
    this.#sampler.next()
    this.#entries = []
    this.#events = 0
    for (const [page, looking] of this.#pages) {
      const { entries, events } = told
      if (!page.isReading) {
        looking.missed += events
        continue
      }
      const rows = roster.since(looking.look)
      const gone = [...looking.known].filter((number) => !roster.has(number))
      for (const number of gone) looking.known.delete(number)
      for (const { number } of rows) looking.known.add(number)
      const all = events + looking.missed
      page.tell({ ...told, rows, gone, events: all, leftOut: all - entries.length } satisfies Tick)
      looking.look = look
      looking.missed = 0
    }
  }
}

/** What a page knows. */
interface Looking {
  /** Of the roster, when it was last told. */
  look: number
  readonly known: Set<number>
  /** Events that it was not told of, since it did not read. */
  missed: number
}

function hostRow({ stats }: Host): HostRow {
  const { plugins, instances, threads, processes, memoryBytes, calls, failures, waiting } = stats
  return { plugins, instances, threads, processes, memoryBytes, calls, failures, waiting }
}
