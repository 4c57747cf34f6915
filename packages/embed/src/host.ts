import { ASYNC_DISPOSE } from '@wasm-plugin/runtime/early'
import { Budget } from './budget/budget.js'
import { errors } from './errors/index.js'
import type { PluginError } from './errors/plugin-error.js'
import { EventHub } from './event-hub.js'
import type { HostEvents } from './events.js'
import type { InlinePlugin } from './inline/inline-plugin.js'
import { startEnding } from './load/ending.js'
import type { Inspection } from './load/inspect.js'
import type { loadPlugin } from './load/load.js'
import { type CloseOptions, checkCloseOptions } from './options/close.js'
import type {
  HostImports,
  HostOptions,
  InlineLoadOptions,
  LoadOptions,
  ThreadLoadOptions,
} from './options/given.js'
import { resolveHostOptions, resolveLoadOptions } from './options/resolve.js'
import type { HostDefaults } from './options/resolved.js'
import type { Plugin, UntypedExports } from './plugin.js'
import type { PluginSource } from './plugin-source.js'
import type { HostPorts, Threads } from './ports.js'
import { Spans } from './spans.js'
import { type HostStats, sumOfStats, Totals } from './stats/index.js'

let loader: typeof loadPlugin | undefined

/** Loads plugins and reports what they do. Made by `createHost`. */
export class Host implements AsyncDisposable {
  readonly #defaults: HostDefaults
  readonly #ports: HostPorts
  readonly #threads: Threads
  readonly #spans: Spans | undefined
  readonly #unwatch: () => void
  readonly #budget: Budget
  readonly #events = new EventHub()
  readonly #plugins = new Map<string, Plugin | InlinePlugin>()
  /** What has their threads stop. */
  readonly #halts = new Map<string, () => void>()
  /** Names of plugins that are loading. */
  readonly #reserved = new Set<string>()
  readonly #loads = new Set<Promise<unknown>>()
  /** What ends watching, by the names of plugins. */
  readonly #watched = new Map<string, (() => void)[]>()
  readonly #closing = new AbortController()
  #calls = 0
  #closed: Promise<void> | undefined

  /**
   * For who makes a host of a platform; an application calls `createHost` of that host.
   *
   * @throws {OPTIONS_INVALID} {GRANTS_INVALID} {UNKNOWN_GRANT}
   */
  constructor(options: HostOptions, ports: HostPorts) {
    this.#defaults = resolveHostOptions(options)
    const { telemetry } = this.#defaults
    const spans = telemetry && new Spans(telemetry, ports.warn)
    this.#spans = spans
    this.#ports = spans === undefined ? ports : { ...ports, runs: spans.traced(ports.runs) }
    this.#threads = ports.threads(this.#defaults.warmThreads)
    const budget = { memoryBytes: ports.memoryBytes, ...this.#defaults.budget }
    this.#budget = new Budget(budget, (event) => this.#events.emit('budget', event))
    this.#unwatch = spans?.watch(this) ?? (() => {})
  }

  /** The plugins that are loaded, by name. */
  get plugins(): ReadonlyMap<string, Plugin | InlinePlugin> {
    return new Map(this.#plugins)
  }

  /** How busy the plugins are that are loaded now. */
  get stats(): HostStats {
    return {
      ...sumOfStats([...this.#plugins.values()].map(({ stats }) => stats)),
      warmThreads: this.#threads.waiting,
      threads: this.#budget.used('threads'),
      processes: this.#budget.used('processes'),
    }
  }

  /**
   * Loads a component: reads and checks it, compares what it asks for with what is granted, and starts it in its own
   * thread. `E` is the type of its exports and `I` that of `imports`, as `wasm-plugin types` writes them.
   *
   * @throws {OPTIONS_INVALID} {FILE_NOT_FOUND} {REGISTRY_MISSING} {INTEGRITY_MISMATCH} {PLUGIN_NAME_TAKEN} {IMPORT_NOT_GRANTED} {IMPORT_MISMATCH}
   *   {LOAD_ABORTED} {CONTRACT_MISMATCH} {MANIFEST_INVALID}, the codes of a malformed component, and those of a plugin that fails
   *   to start.
   */
  load<E = UntypedExports, I = HostImports>(
    source: PluginSource,
    options: InlineLoadOptions<I>,
  ): Promise<InlinePlugin<E>>
  load<E = UntypedExports, I = HostImports>(
    source: PluginSource,
    options?: ThreadLoadOptions<I>,
  ): Promise<Plugin<E>>
  load<E = UntypedExports, I = HostImports>(
    source: PluginSource,
    options: LoadOptions<I>,
  ): Promise<Plugin<E> | InlinePlugin<E>>
  async load<E>(
    source: PluginSource,
    options: LoadOptions<unknown> = {},
  ): Promise<Plugin<E> | InlinePlugin<E>> {
    if (this.#closing.signal.aborted) throw errors.HOST_CLOSED({})
    const resolved = resolveLoadOptions(options, this.#defaults)
    const ending = startEnding(this.#closing.signal, resolved.signal)
    const load = this.#load(source, resolved, {
      ports: this.#ports,
      threads: this.#threads,
      budget: this.#budget,
      totals: new Totals(),
      spans: this.#spans,
      ending: ending.signal,
      reserve: (name) => this.#reserve(name),
      register: (plugin, halt) => {
        this.#plugins.set(plugin.name, plugin)
        this.#halts.set(plugin.name, halt)
      },
      emit: (event, payload) => this.#events.emit(event, payload),
      nextCall: () => ++this.#calls,
      listens: (event) => this.#events.listens(event),
      onListener: (added) => this.#events.onListener(added),
      unload: (name) => void this.unload(name),
      onClosed: (name) => {
        for (const stop of this.#watched.get(name) ?? []) stop()
        this.#watched.delete(name)
        this.#halts.delete(name)
        if (this.#plugins.delete(name)) this.#events.emit('closed', { plugin: name })
      },
    })
    this.#loads.add(load)
    try {
      const plugin = (await load) as Plugin<E> | InlinePlugin<E>
      if (this.#defaults.dev) await this.#watchFile(plugin as Plugin, source)
      return plugin
    } finally {
      this.#loads.delete(load)
      ending.stop()
    }
  }

  async #watchFile(plugin: Plugin | InlinePlugin, source: PluginSource): Promise<void> {
    const { isFile } = await import('./load/source.js')
    const { sources } = this.#ports
    if (isFile(source, sources) && sources.watch !== undefined) await this.watch(plugin, source)
  }

  #updateFailed(plugin: string, error: PluginError): void {
    const isHeard = this.#events.listens('updateFailed')
    this.#events.emit('updateFailed', { plugin, error })
    if (!isHeard) this.#ports.warn(`plugin "${plugin}" runs on as it was: ${error.message}`)
  }

  /** What loads a plugin comes with the first one: a page that has none yet carries a third of a host. */
  async #load(...args: Parameters<typeof loadPlugin>): Promise<Plugin | InlinePlugin> {
    loader ??= (await import('./load/load.js')).loadPlugin
    return await loader(...args)
  }

  /**
   * Updates a plugin to what a file has, now and whenever it changes, with the grants that it has and without losing a
   * call: for development. What fails is an event `updateFailed`, or a warning where nobody listens to that, and what ran
   * before runs on.
   *
   * @example
   * ```ts
   * const stop = await host.watch(plugin, './dist/render.wasm')
   * host.on('updated', ({ plugin, durationMs }) => console.log(`${plugin} is new, after ${durationMs} ms`))
   * ```
   * @returns what ends it; so does closing the plugin.
   * @throws {WATCH_UNAVAILABLE} {PLUGIN_CLOSED} {SOURCE_UNREADABLE}
   */
  async watch(plugin: Plugin | InlinePlugin, path: string | URL): Promise<() => void> {
    const { watchFile } = await import('./dev/watch-file.js')
    const { name } = plugin
    if (this.#plugins.get(name) !== plugin) throw errors.PLUGIN_CLOSED({ name })
    const watched = {
      path,
      digest: () => plugin.digest,
      update: () => plugin.update(path),
      onFailed: (error: PluginError) => this.#updateFailed(name, error),
    }
    const { stop, looked } = watchFile(watched, this.#ports.sources)
    this.#watched.set(name, [...(this.#watched.get(name) ?? []), stop])
    await looked
    return stop
  }

  /**
   * Looks at a component without running anything of it: what it is, what it asks for, and whether `load` with these
   * options would take it. For an application that asks its user before it grants.
   *
   * @example
   * ```ts
   * const { asks, digest, refused } = await host.inspect('./render.wasm')
   * if (refused === undefined && (await confirm(asks)))
   *   await host.load('./render.wasm', { integrity: digest, grants: { net: asks.net?.map(({ allow }) => allow) } })
   * ```
   * @throws {OPTIONS_INVALID} {FILE_NOT_FOUND} {SOURCE_UNREADABLE} {INTEGRITY_MISMATCH} {MANIFEST_INVALID} and the codes of a
   *   malformed component
   */
  async inspect(source: PluginSource, options: LoadOptions = {}): Promise<Inspection> {
    if (this.#closing.signal.aborted) throw errors.HOST_CLOSED({})
    const resolved = resolveLoadOptions(options, this.#defaults, 'inspect')
    const ending = startEnding(this.#closing.signal, resolved.signal)
    try {
      const { inspectPlugin } = await import('./load/inspect.js')
      return await inspectPlugin(source, resolved, { ending: ending.signal, ports: this.#ports })
    } finally {
      ending.stop()
    }
  }

  /**
   * What a listener throws is an uncaught exception of the process; every other listener hears the event all the same.
   *
   * @throws {OPTIONS_INVALID} there is no such event, or the listener is no function
   */
  on<K extends keyof HostEvents>(event: K, listener: HostEvents[K]): this {
    this.#events.add('on', event, listener)
    return this
  }

  /** @throws {OPTIONS_INVALID} there is no such event, or the listener is no function */
  once<K extends keyof HostEvents>(event: K, listener: HostEvents[K]): this {
    this.#events.add('once', event, listener)
    return this
  }

  off<K extends keyof HostEvents>(event: K, listener: HostEvents[K]): this {
    this.#events.add('off', event, listener)
    return this
  }

  /**
   * Closes the plugin of a name, as its `close` does.
   *
   * @returns whether there was one.
   * @throws {OPTIONS_INVALID}
   */
  async unload(name: string, options: CloseOptions = {}): Promise<boolean> {
    checkCloseOptions(options, 'unload')
    const plugin = this.#plugins.get(name)
    await plugin?.close(options)
    return plugin !== undefined
  }

  /**
   * Closes every plugin; calls that run fail with PLUGIN_CLOSED, unless they get time to end, loads with HOST_CLOSED.
   * Idempotent: the first call decides how long.
   *
   * @example
   * ```ts
   * process.once('SIGTERM', () => void host.close({ drainMs: 5_000 }))
   * ```
   * @throws {OPTIONS_INVALID}
   */
  async close(options: CloseOptions = {}): Promise<void> {
    const checked = checkCloseOptions(options)
    this.#closed ??= this.#close(checked)
    await this.#closed
  }

  [ASYNC_DISPOSE](): Promise<void> {
    return this.close()
  }

  async #close(options: CloseOptions): Promise<void> {
    this.#closing.abort()
    this.#unwatch()
    // A hundred that compute without end leave this thread little of the processors: they stop before anything else is done.
    if (!options.drainMs) for (const halt of this.#halts.values()) halt()
    const plugins = [...this.#plugins.values()].map((plugin) => plugin.close(options))
    await Promise.all([...plugins, Promise.allSettled(this.#loads), this.#threads.close()])
  }

  /** Takes a name for a plugin that is being loaded; the answer gives it back. */
  #reserve(name: string): () => void {
    if (this.#plugins.has(name) || this.#reserved.has(name)) throw errors.PLUGIN_NAME_TAKEN({ name })
    this.#reserved.add(name)
    return () => this.#reserved.delete(name)
  }
}
