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
  /** Uses that were denied, by their capabilities. */
  readonly denials: Readonly<Record<string, number>>
  /** Whether `restart` lets calls in: `half-open` while one decides, `closed` where there is no `restart`. */
  readonly circuit: Circuit
}

/** Calls enter a plugin whose circuit is closed, and are refused while it is open. */
export type Circuit = 'closed' | 'open' | 'half-open'

/** Those of all plugins of a host that are loaded now. */
export type HostStats = Pick<PluginStats, 'waiting' | 'instances' | 'memoryBytes' | 'calls' | 'failures'> & {
  readonly plugins: number
  /** In which plugins run or ran a moment ago, as `budget` bounds them. */
  readonly threads: number
  readonly processes: number
  /** Threads that wait for a plugin, of those that `warmThreads` asked for. */
  readonly warmThreads: number
}

/** What is counted of the calls of one plugin. */
export class Totals {
  calls = 0
  failures = 0
  durationMs = 0
  waitedMs = 0
  starts = 0
  readonly denials: Record<string, number> = Object.create(null)
  readonly errors: Record<string, number> = Object.create(null)
  readonly durations = new Durations()

  took(durationMs: number): void {
    this.durationMs += durationMs
    this.durations.add(durationMs)
  }

  denied(capability: string): void {
    this.denials[capability] = (this.denials[capability] ?? 0) + 1
  }

  failed(code: string): void {
    this.failures++
    this.errors[code] = (this.errors[code] ?? 0) + 1
  }
}

/** What is read of a plugin as it is now. */
type Now = Pick<PluginStats, 'waiting' | 'instances' | 'memoryBytes' | 'maxMemoryBytes' | 'circuit'>

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

/** Parts of a power of two that are told apart, as a power of two. */
const PARTS = 3

/** How long calls took, in microseconds, each to an eighth: counts, however many calls there were. */
export class Durations {
  readonly #counts = new Uint32Array((32 - PARTS + 1) << PARTS)
  #total = 0

  add(durationMs: number): void {
    const us = Math.min(Math.max(0, Math.round(durationMs * 1e3)), 2 ** 31 - 1)
    this.#counts[bucketOf(us)]!++
    this.#total++
  }

  /** Milliseconds that this part of the calls took at most. */
  most(part: number): number {
    let left = Math.ceil(this.#total * part)
    if (left === 0) return 0
    const bucket = this.#counts.findIndex((count) => {
      left -= count
      return left <= 0
    })
    return (startOf(bucket + 1) - 1) / 1e3
  }
}

function bucketOf(us: number): number {
  if (us < 1 << PARTS) return us
  const power = 31 - Math.clz32(us)
  return ((power - PARTS + 1) << PARTS) + ((us >>> (power - PARTS)) & ((1 << PARTS) - 1))
}

/** The least value of a bucket. */
function startOf(bucket: number): number {
  if (bucket < 1 << PARTS) return bucket
  const power = (bucket >>> PARTS) + PARTS - 1
  return ((1 << PARTS) + (bucket & ((1 << PARTS) - 1))) * 2 ** (power - PARTS)
}
