import type { PluginStats } from './plugin-stats.js'
import { addedUses, sumOf } from './used.js'

/** Those of all plugins of a host that are loaded now. */
export type HostStats = Pick<
  PluginStats,
  | 'waiting'
  | 'instances'
  | 'memoryBytes'
  | 'calls'
  | 'failures'
  | 'cpuMs'
  | 'fuel'
  | 'bytesIn'
  | 'bytesOut'
  | 'uses'
  | 'denials'
> & {
  readonly plugins: number
  /** In which plugins run or ran a moment ago, as `budget` bounds them. */
  readonly threads: number
  readonly processes: number
  /** Threads that wait for a plugin, of those that `warmThreads` asked for. */
  readonly warmThreads: number
}

/** What is added up of plugins, as they are now. */
export function sumOfStats(
  all: readonly PluginStats[],
): Omit<HostStats, 'threads' | 'processes' | 'warmThreads'> {
  const sum = (of: (stats: PluginStats) => number) => all.reduce((total, stats) => total + of(stats), 0)
  const some = (of: (stats: PluginStats) => number | undefined) =>
    all.reduce<number | undefined>((total, stats) => sumOf(total, of(stats)), undefined)
  const counts = (of: (stats: PluginStats) => PluginStats['uses']) =>
    all.reduce<PluginStats['uses']>((total, stats) => addedUses(total, of(stats)), {})
  return {
    plugins: all.length,
    instances: sum(({ instances }) => instances),
    memoryBytes: sum(({ memoryBytes }) => memoryBytes),
    waiting: sum(({ waiting }) => waiting),
    calls: sum(({ calls }) => calls),
    failures: sum(({ failures }) => failures),
    cpuMs: some(({ cpuMs }) => cpuMs),
    fuel: some(({ fuel }) => fuel),
    bytesIn: sum(({ bytesIn }) => bytesIn),
    bytesOut: sum(({ bytesOut }) => bytesOut),
    uses: { ...counts(({ uses }) => uses) },
    denials: { ...counts(({ denials }) => denials) },
  }
}
