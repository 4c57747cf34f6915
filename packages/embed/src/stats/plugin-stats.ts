import type { Totals } from './totals.js'

/** Running totals of one plugin, and how busy it is now. */
export interface PluginStats {
  /** Calls that wait for an instance now, as `pool.queue` bounds them. */
  readonly waiting: number
  /** Instances that there are now: fewer than one where `pool.idleMs` has ended them. */
  readonly instances: number
  /** Bytes of linear memory of all instances, as they were when the last call of each ended. */
  readonly memoryBytes: number
  /** The most that it was; an update begins anew. */
  readonly maxMemoryBytes: number
  readonly calls: number
  readonly failures: number
  /** Failures by their codes. */
  readonly errors: Readonly<Record<string, number>>
  /** Milliseconds spent in calls, waiting included; of an inline plugin, while somebody listens to `call`. */
  readonly durationMs: number
  /** Of those, the ones in which calls waited for an instance. */
  readonly waitedMs: number
  /** Milliseconds that half of those calls took at most, to an eighth; 0 before the first. */
  readonly p50Ms: number
  /** The same of 99 in a hundred. */
  readonly p99Ms: number
  /** How often a thread or a process was started for it; inline, an instance. A trap ends an instance, and no thread. */
  readonly starts: number
  /**
   * Milliseconds of processor time that its threads or processes have had, starting included; undefined where the system does not
   * tell them: Linux does. Inline, where it has no thread of its own, they are `durationMs`, and undefined while nobody has listened.
   */
  readonly cpuMs: number | undefined
  /** Units of fuel that its calls have used, those that ran out of it included; undefined where it is not metered. */
  readonly fuel: number | undefined
  /**
   * Bytes of texts and lists that were written to its memory: what it was called with, and what came of its own calls, such as what it
   * read from files and the network.
   */
  readonly bytesIn: number
  /** The same that were read from its memory: its results, and what it called with, such as what it wrote. */
  readonly bytesOut: number
  /** Uses that were allowed, by their capabilities. */
  readonly uses: Readonly<Record<string, number>>
  /** Those that were denied. */
  readonly denials: Readonly<Record<string, number>>
  /** Whether `restart` lets calls in: `half-open` while one decides, `closed` where there is no `restart`. */
  readonly circuit: Circuit
}

/** Calls enter a plugin whose circuit is closed, and are refused while it is open. */
export type Circuit = 'closed' | 'open' | 'half-open'

/** What is read of a plugin as it is now. */
export interface Now
  extends Pick<PluginStats, 'waiting' | 'instances' | 'memoryBytes' | 'maxMemoryBytes' | 'circuit'> {
  readonly isMetered: boolean
  /** @default that of the totals */
  readonly cpuMs?: number | undefined
}

/** What an application sees of totals. It is read when it is looked at. */
export function statsOf(totals: Totals, now: () => Now): PluginStats {
  const stats: PluginStats = {
    get waiting() {
      return now().waiting
    },
    get instances() {
      return now().instances
    },
    get memoryBytes() {
      return now().memoryBytes
    },
    get maxMemoryBytes() {
      return now().maxMemoryBytes
    },
    get calls() {
      return totals.calls
    },
    get failures() {
      return totals.failures
    },
    get errors() {
      return Object.freeze({ ...totals.errors })
    },
    get durationMs() {
      return totals.durationMs
    },
    get waitedMs() {
      return totals.waitedMs
    },
    get p50Ms() {
      return totals.durations.most(0.5)
    },
    get p99Ms() {
      return totals.durations.most(0.99)
    },
    get starts() {
      return totals.starts
    },
    get cpuMs() {
      return now().cpuMs ?? totals.cpuMs
    },
    get fuel() {
      return now().isMetered ? totals.counts.fuel : undefined
    },
    get bytesIn() {
      return totals.counts.bytesIn
    },
    get bytesOut() {
      return totals.counts.bytesOut
    },
    get uses() {
      return Object.freeze({ ...totals.counts.uses })
    },
    get denials() {
      return Object.freeze({ ...totals.denials })
    },
    get circuit() {
      return now().circuit
    },
  }
  // As numbers, where somebody prints them.
  Object.defineProperty(stats, INSPECT, { value: () => ({ ...stats }) })
  return Object.freeze(stats)
}

/** What Node's `util.inspect` asks an object for. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom')
