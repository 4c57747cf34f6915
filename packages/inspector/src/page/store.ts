import { computed, signal } from '@preact/signals'
import type {
  CallEntry,
  Entry,
  FaultEntry,
  Hello,
  HostRow,
  LifeEntry,
  LogEntry,
  Row,
  Told,
  UseEntry,
} from '../protocol.js'
import { Ring } from './ring.js'

/** Entries of a kind that the page keeps. */
const MAX_ENTRIES = 2_000
/** Seconds that the strip of calls shows. */
const SECONDS = 60

/** What the page knows, and what a person has chosen to see of it. */
export const hello = signal<Hello>({ kind: 'hello', readOnly: true, eventsPerSecond: 0 })
export const host = signal<HostRow | null>(null)
export const plugins = signal<ReadonlyMap<number, Row>>(new Map())
export const uses = signal<readonly UseEntry[]>([])
export const calls = signal<readonly CallEntry[]>([])
export const logs = signal<readonly LogEntry[]>([])
export const faults = signal<readonly FaultEntry[]>([])
export const lives = signal<readonly LifeEntry[]>([])

/** Events of the last seconds, and how many of them are shown. */
export const rates = signal({ events: 0, shown: 0 })
/** Calls of each of the last seconds. */
export const pace = signal<readonly number[]>([])

export type Tab = 'plugin' | 'uses' | 'calls' | 'log' | 'faults' | 'events'
export const tab = signal<Tab>('uses')
export const chosen = signal<number | null>(null)
export const entry = signal<Entry | null>(null)
/** Said to who does not see the page, and shown at its foot. */
export const said = signal('')

export const chosenRow = computed(() =>
  chosen.value === null ? null : (plugins.value.get(chosen.value) ?? null),
)

const rings = {
  use: new Ring<UseEntry>(MAX_ENTRIES),
  call: new Ring<CallEntry>(MAX_ENTRIES),
  log: new Ring<LogEntry>(MAX_ENTRIES),
  fault: new Ring<FaultEntry>(MAX_ENTRIES),
  life: new Ring<LifeEntry>(MAX_ENTRIES),
}

/** Takes a line of the stream. */
export function take(told: Told): void {
  if (told.kind === 'hello') {
    hello.value = told
    // What it knew was of another stream.
    plugins.value = new Map()
    return
  }
  host.value = told.host
  if (told.rows.length > 0 || told.gone.length > 0) {
    const next = new Map(plugins.value)
    for (const row of told.rows) next.set(row.number, row)
    for (const number of told.gone) next.delete(number)
    plugins.value = next
  }
  const of = <K extends Entry['kind']>(kind: K) =>
    told.entries.filter((one): one is Extract<Entry, { kind: K }> => one.kind === kind)
  rings.use.add(of('use'))
  rings.call.add(of('call'))
  rings.log.add(of('log'))
  rings.fault.add(of('fault'))
  rings.life.add(of('life'))
  uses.value = rings.use.items
  calls.value = rings.call.items
  logs.value = rings.log.items
  faults.value = rings.fault.items
  lives.value = rings.life.items
  count(told.at, { events: told.events, shown: told.entries.length, calls: told.host.calls })
}

let second = 0
let sums = { events: 0, shown: 0 }
let before: number | undefined

function count(
  at: number,
  { events, shown, calls: all }: { events: number; shown: number; calls: number },
): void {
  sums.events += events
  sums.shown += shown
  const now = Math.floor(at / 1_000)
  if (now === second) return
  second = now
  rates.value = sums
  sums = { events: 0, shown: 0 }
  // Plugins that were unloaded take their calls along.
  pace.value = [...pace.value, Math.max(0, all - (before ?? all))].slice(-SECONDS)
  before = all
}

/** What happened in the call of an entry, oldest first, as far as the page was told. */
export function inCall(of: Entry): Entry[] {
  const call = 'call' in of ? of.call : null
  if (call === null) return []
  const all: Entry[] = [...uses.value, ...logs.value, ...faults.value]
  return all
    .filter((one) => 'call' in one && one.call === call && one.plugin === of.plugin && one !== of)
    .sort((a, b) => a.sequence - b.sequence)
}
