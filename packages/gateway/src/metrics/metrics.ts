import type { Plugin } from '@wasm-plugin/host'
import type { AccessEntry } from '../log/access-entry.js'
import { type Family, textOf } from './text.js'

/** Seconds below which requests are counted together. */
const BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]

/** What is counted of one route. */
interface Counts {
  readonly byStatus: Map<number, number>
  readonly buckets: number[]
  seconds: number
  requests: number
  bytes: number
}

/** What a plugin is measured by, by the name of its route. */
export interface Measured {
  readonly label: string
  readonly plugin: Pick<Plugin, 'stats'>
}

/** Counts the requests of a gateway. */
export class Metrics {
  readonly #routes = new Map<string, Counts>()

  count({ route = '', status, bytes, durationMs }: AccessEntry): void {
    const counts = this.#countsOf(route)
    const seconds = durationMs / 1000
    counts.byStatus.set(status, (counts.byStatus.get(status) ?? 0) + 1)
    counts.requests++
    counts.seconds += seconds
    counts.bytes += bytes
    for (let i = BUCKETS.length - 1; i >= 0 && seconds <= (BUCKETS[i] as number); i--)
      counts.buckets[i] = (counts.buckets[i] ?? 0) + 1
  }

  /** In the text format of Prometheus. @param inside requests that are being answered */
  text(plugins: readonly Measured[], inside: number): string {
    return textOf([...this.#ofRequests(inside), ...ofPlugins(plugins)])
  }

  #countsOf(route: string): Counts {
    const found = this.#routes.get(route)
    if (found !== undefined) return found
    const counts = { byStatus: new Map(), buckets: BUCKETS.map(() => 0), seconds: 0, requests: 0, bytes: 0 }
    this.#routes.set(route, counts)
    return counts
  }

  #ofRequests(inside: number): Family[] {
    const all = [...this.#routes]
    return [
      {
        name: 'wasm_plugin_http_requests_total',
        type: 'counter',
        help: 'Requests that were answered, or whose clients left.',
        samples: all.flatMap(([route, { byStatus }]) =>
          [...byStatus].map(([status, value]) => ({ labels: { route, status: String(status) }, value })),
        ),
      },
      {
        name: 'wasm_plugin_http_request_duration_seconds',
        type: 'histogram',
        help: 'Time from a request to the end of its answer.',
        samples: all.flatMap(([route, { buckets, seconds, requests }]) => [
          ...BUCKETS.map((le, i) => ({
            suffix: '_bucket',
            labels: { route, le: String(le) },
            value: buckets[i] ?? 0,
          })),
          { suffix: '_bucket', labels: { route, le: '+Inf' }, value: requests },
          { suffix: '_sum', labels: { route }, value: seconds },
          { suffix: '_count', labels: { route }, value: requests },
        ]),
      },
      {
        name: 'wasm_plugin_http_response_bytes_total',
        type: 'counter',
        help: 'Bytes of bodies that were sent.',
        samples: all.map(([route, { bytes }]) => ({ labels: { route }, value: bytes })),
      },
      {
        name: 'wasm_plugin_http_requests_inside',
        type: 'gauge',
        help: 'Requests that are being answered.',
        samples: [{ labels: {}, value: inside }],
      },
    ]
  }
}

function ofPlugins(plugins: readonly Measured[]): Family[] {
  const each = (of: (stats: Plugin['stats']) => number) =>
    plugins.map(({ label, plugin }) => ({ labels: { route: label }, value: of(plugin.stats) }))
  const some = (of: (stats: Plugin['stats']) => number | undefined) =>
    plugins.flatMap(({ label, plugin }) => {
      const value = of(plugin.stats)
      return value === undefined ? [] : [{ labels: { route: label }, value }]
    })
  const every = (name: string, of: (stats: Plugin['stats']) => Readonly<Record<string, number>>) =>
    plugins.flatMap(({ label, plugin }) =>
      Object.entries(of(plugin.stats)).map(([key, value]) => ({
        labels: { route: label, [name]: key },
        value,
      })),
    )
  return [
    {
      name: 'wasm_plugin_calls_total',
      type: 'counter',
      help: 'Calls of the plugin of a route.',
      samples: each(({ calls }) => calls),
    },
    {
      name: 'wasm_plugin_failures_total',
      type: 'counter',
      help: 'Those that failed, by their codes.',
      samples: every('code', ({ errors }) => errors),
    },
    {
      name: 'wasm_plugin_cpu_seconds_total',
      type: 'counter',
      help: 'Processor time of the threads and processes of the plugin, where the system tells it.',
      samples: some(({ cpuMs }) => cpuMs && cpuMs / 1000),
    },
    {
      name: 'wasm_plugin_fuel_total',
      type: 'counter',
      help: 'Fuel that calls have used, of plugins that are metered.',
      samples: some(({ fuel }) => fuel),
    },
    {
      name: 'wasm_plugin_bytes_total',
      type: 'counter',
      help: 'Bytes of texts and lists that were written to the memory of the plugin, and read from there.',
      samples: every('direction', ({ bytesIn, bytesOut }) => ({ in: bytesIn, out: bytesOut })),
    },
    {
      name: 'wasm_plugin_uses_total',
      type: 'counter',
      help: 'Uses that were allowed, by their capabilities.',
      samples: every('capability', ({ uses }) => uses),
    },
    {
      name: 'wasm_plugin_denials_total',
      type: 'counter',
      help: 'Uses that were denied, by their capabilities.',
      samples: every('capability', ({ denials }) => denials),
    },
    {
      name: 'wasm_plugin_starts_total',
      type: 'counter',
      help: 'Threads and processes that were started for the plugin of a route.',
      samples: each(({ starts }) => starts),
    },
    {
      name: 'wasm_plugin_instances',
      type: 'gauge',
      help: 'Instances that there are.',
      samples: each(({ instances }) => instances),
    },
    {
      name: 'wasm_plugin_waiting',
      type: 'gauge',
      help: 'Calls that wait for an instance.',
      samples: each(({ waiting }) => waiting),
    },
  ]
}
