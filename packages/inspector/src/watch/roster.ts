import type { Host, InlinePlugin, Plugin } from '@wasm-plugin/host'
import { showText } from '@wasm-plugin/runtime/text'
import { errors } from '../errors/index.js'
import type { PluginState, Row } from '../protocol.js'

export type AnyPlugin = Plugin | InlinePlugin

/** Plugins of which the figures are read in one go: a thousand are not held against the application's calls. */
const AT_ONCE = 250

/** The plugins of a host by numbers of ours, with their figures as they were when last looked at. */
export class Roster {
  readonly #host: Host
  readonly #number: () => number
  readonly #numbers = new WeakMap<AnyPlugin, number>()
  readonly #seen = new Map<number, Seen>()
  /** Rises with each look. */
  #look = 0
  /** Where the next look begins. */
  #next = 0

  /** @param number gives one that no plugin had yet */
  constructor(host: Host, number: () => number) {
    this.#host = host
    this.#number = number
  }

  /** The number of this look; what has changed after an earlier one is in `since`. */
  look(): number {
    const look = ++this.#look
    const plugins = [...this.#host.plugins.values()]
    const loaded = new Set(plugins.map((plugin) => this.numberOf(plugin)))
    for (const number of this.#seen.keys()) if (!loaded.has(number)) this.#seen.delete(number)
    if (this.#next >= plugins.length) this.#next = 0
    const turn = plugins.slice(this.#next, this.#next + AT_ONCE)
    this.#next += AT_ONCE
    for (const plugin of turn) {
      const row = rowOf(this.numberOf(plugin), plugin)
      const text = JSON.stringify(row)
      if (this.#seen.get(row.number)?.text !== text) this.#seen.set(row.number, { row, text, changed: look })
    }
    return look
  }

  /** Rows that have changed after a look. */
  since(look: number): Row[] {
    return [...this.#seen.values()].flatMap(({ row, changed }) => (changed > look ? row : []))
  }

  has(number: number): boolean {
    return this.#seen.has(number)
  }

  /** @throws {INSPECTOR_PLUGIN_GONE} */
  find(number: number): AnyPlugin {
    for (const plugin of this.#host.plugins.values()) if (this.#numbers.get(plugin) === number) return plugin
    throw errors.INSPECTOR_PLUGIN_GONE({ plugin: number })
  }

  numberOf(plugin: AnyPlugin): number {
    let number = this.#numbers.get(plugin)
    if (number === undefined) {
      number = this.#number()
      this.#numbers.set(plugin, number)
    }
    return number
  }
}

interface Seen {
  readonly row: Row
  readonly text: string
  readonly changed: number
}

function rowOf(number: number, plugin: AnyPlugin): Row {
  const { stats, manifest } = plugin
  const { instances, waiting, memoryBytes, calls, failures, p50Ms, p99Ms } = stats
  return {
    ...{
      number,
      name: showText(plugin.name, 120),
      version: manifest ? showText(manifest.version, 60) : null,
    },
    digest: plugin.digest,
    state: stateOf(stats),
    ...{ instances, waiting, memoryBytes, calls, failures, p50Ms, p99Ms },
    denials: Object.values(stats.denials).reduce((sum, count) => sum + count, 0),
  }
}

function stateOf({ circuit, waiting, instances }: AnyPlugin['stats']): PluginState {
  if (circuit === 'open') return 'suspended'
  if (circuit === 'half-open') return 'trying'
  if (waiting > 0) return 'waiting'
  return instances > 0 ? 'running' : 'idle'
}
