import { errors } from './errors/index.js'
import type { HttpResponse } from './http/answered.js'
import { holdUntil, requestOf, responseOf } from './http/fetch.js'
import type { HttpRequest } from './http/given-request.js'
import { later } from './later.js'
import { LoadedPlugin, onTaking, showBuild } from './loaded-plugin.js'
import { type CloseOptions, checkCloseOptions } from './options/close.js'
import type { CallOptions, HandleOptions, RunOptions } from './options/given.js'
import { defined } from './options/parse.js'
import type { ProfileOptions } from './options/profile.js'
import {
  checkCallOptions,
  checkHandleOptions,
  checkOutputOptions,
  checkRunOptions,
} from './options/resolve.js'
import type { Fallback } from './options/restart.js'
import { checkUpdateOptions, type UpdateOptions } from './options/update.js'
import { PluginCalls } from './plugin-calls.js'
import type { PluginSource } from './plugin-source.js'
import type { FuelProfile } from './profile/fuel-profile.js'
import type { PluginProfile } from './profile/plugin-profile.js'
import { Profiler } from './profile/profiler.js'
import { ProgramExchange } from './program/program-exchange.js'
import { type ProgramRun, programRun } from './program/program-run.js'
import { type PluginStats, statsOf, type Totals } from './stats/index.js'
import { Builds } from './update/builds.js'
import { keepNames, refresh } from './update/live-exports.js'
import type { ThreadBuild } from './update/thread-build.js'
import { Updates, type Updating } from './update/updates.js'

/** Exports of a plugin whose contract is not known to TypeScript: every function takes and returns `any`. */
// biome-ignore lint/suspicious/noExplicitAny: without types of the contract there is nothing to check against.
export type UntypedExports = Record<string, any>

/** A plugin's exports, with a deadline or a signal for each of their calls. */
export interface BoundCalls<E> {
  readonly exports: E
}

export interface PluginParts {
  readonly name: string
  readonly build: ThreadBuild
  readonly updating: Updating<ThreadBuild>
  readonly totals: Totals
  /** Answers calls while the plugin is suspended. */
  readonly fallback: Fallback | undefined
  readonly onClosed: () => void
}

let halt: (plugin: Plugin) => void

/** Has threads of a plugin stop that run calls, see `Slot`: it is to be closed before the event loop goes on. */
export function haltPlugin(plugin: Plugin): void {
  halt(plugin)
}

/** A loaded plugin. Made by `host.load`. */
export class Plugin<E = UntypedExports> extends LoadedPlugin {
  static {
    halt = (plugin) => {
      // One that is closing lets its calls end.
      if (plugin.#closed !== undefined) return
      for (const { context } of plugin.#builds.all) context.pool.halt()
    }
  }

  /**
   * The plugin's functions by interface, each answering with a promise:
   * `plugin.exports['acme:site/render'].render(doc)`. A `result` error rejects with a `ComponentError`.
   */
  readonly exports: E
  readonly stats: PluginStats

  readonly #builds: Builds<ThreadBuild>
  readonly #updates: Updates<ThreadBuild>
  readonly #calls: PluginCalls
  readonly #totals: Totals
  readonly #onClosed: PluginParts['onClosed']
  readonly #profiler = new Profiler(this)
  #closed: Promise<void> | undefined

  /** @internal Use `host.load`. */
  constructor({ name, build, updating, totals, fallback, onClosed }: PluginParts) {
    super(name, build.shown)
    this.#totals = totals
    this.#onClosed = onClosed
    const builds = new Builds(build, (live) => this.#lead(live))
    this.#builds = builds
    this.#calls = new PluginCalls({ name, builds, fallback })
    this.#updates = new Updates(name, builds, { updating, calling: this.#calls.calling() })
    this.stats = statsOf(totals, () => {
      const { context, breaker } = builds.live
      const { waiting, instances, memoryBytes, maxMemoryBytes } = context.pool
      const isMetered = context.limits.fuel !== undefined
      const circuit = breaker?.circuit ?? 'closed'
      return { waiting, instances, memoryBytes, maxMemoryBytes, circuit, isMetered }
    })
    this.exports = this.#exportsWith({})
    this.#observe(build)
    onTaking(this, (of) => this.#updates.takeBack(of))
  }

  /**
   * The same exports, whose calls have a deadline or a signal of their own. The classes of resources are those of
   * `exports`: their methods keep the limits of the plugin.
   *
   * @example
   * ```ts
   * const render = plugin.with({ timeoutMs: 100, signal: request.signal }).exports['acme:site/render']
   * const page = await render.render({ path: 'a.md', markdown: '# A' })
   * ```
   * @throws {OPTIONS_INVALID}
   */
  with(options: CallOptions): BoundCalls<E> {
    return Object.freeze({ exports: this.#exportsWith(checkCallOptions(options, 'with')) })
  }

  /**
   * Calls one export by name: `acme:site/render#render`, with or without the version.
   *
   * @throws {UNKNOWN_EXPORT} {ARGUMENT_COUNT} {TYPE_MISMATCH} {DEADLINE_EXCEEDED} {CALL_ABORTED} {PLUGIN_CLOSED}
   *   {POOL_SATURATED}, the codes of a plugin fault, and `ComponentError` for the `err` of a `result`.
   */
  call(target: string, args: readonly unknown[] = [], options?: CallOptions): Promise<unknown> {
    return this.#calls.call(target, args, options)
  }

  /**
   * Has the plugin answer a request, if it exports `wasi:http/incoming-handler`. The promise settles when the response
   * begins; its body comes as the plugin writes it, and the plugin waits for whoever reads it. The deadline is that of the
   * whole call, the body included. When `signal` is aborted, or nobody reads on, the plugin gets a moment to end by itself
   * before its instance is ended.
   *
   * @example
   * ```ts
   * const { status, headers, body } = await plugin.handle({ path: '/hello?name=Ada', headers: [['accept', 'text/html']] })
   * ```
   * @throws {OPTIONS_INVALID} {HTTP_NOT_SERVED} {HTTP_NO_RESPONSE} {HTTP_REFUSED}, and what `call` throws; where that
   *   happens after the response has begun, reading its body does, as it does with {HTTP_RESPONSE_INCOMPLETE}.
   */
  async handle(request: HttpRequest, options: HandleOptions = {}): Promise<HttpResponse> {
    return await this.#calls.handle(request, checkHandleOptions(options, 'handle'))
  }

  /**
   * The same in the words of `fetch`. What has no place there is left out: trailers and informational responses. A URL is
   * put in order before the plugin sees it, as `Request` does.
   *
   * @example
   * ```ts
   * const response = await plugin.fetch(new Request('http://localhost/hello?name=Ada'))
   * ```
   * @throws what `handle` throws
   */
  async fetch(request: Request, options: HandleOptions = {}): Promise<Response> {
    const asked = requestOf(request)
    const { signal = request.signal, ...checked } = checkHandleOptions(options, 'fetch')
    const response = await this.#calls.handle(asked, { ...checked, signal })
    holdUntil(response.ended, request)
    return responseOf(response, request.method)
  }

  /**
   * Runs the plugin as the program that it is: a component that exports `wasi:cli/run`, or a module of WASI preview 1 with a
   * `_start`. Each run has an instance of its own. Its streams are bytes, at the pace of whoever is slower, and the deadline is
   * that of the whole run; an exit code is an answer, whatever it is.
   *
   * @example
   * ```ts
   * const { exitCode, stdout } = await program.run({ args: ['sort', '-r'], stdin: 'b\na\n' }).output()
   * ```
   * @throws {OPTIONS_INVALID}; its `exitCode` rejects with {PROGRAM_MISSING} and what `call` throws, and so do its streams
   */
  run(options: RunOptions = {}): ProgramRun {
    const { timeoutMs, signal, ...input } = checkRunOptions(options)
    const exchange = new ProgramExchange(input)
    const call = defined({ timeoutMs, signal }) as CallOptions
    this.#calls.program(exchange, call).catch((error) => exchange.fail(error))
    return programRun(exchange, checkOutputOptions)
  }

  override async update(source: PluginSource, options: UpdateOptions<E> = {}): Promise<void> {
    await this.#updates.update(source, checkUpdateOptions(options))
  }

  protected override async profiled(
    during: number | (() => unknown),
    options: ProfileOptions,
  ): Promise<PluginProfile | FuelProfile> {
    if (this.#closed !== undefined) throw errors.PLUGIN_CLOSED({ name: this.name })
    return await this.#profiler.profile(this.#builds.live.profiled, during, options)
  }

  override async close(options: CloseOptions = {}): Promise<void> {
    const { drainMs = 0 } = checkCloseOptions(options)
    this.#closed ??= this.#close(drainMs)
    await this.#closed
  }

  #exportsWith(options: CallOptions): E {
    const table = this.#calls.table(options)
    if (this.exports !== undefined) keepNames(this.exports as object, table)
    return table as E
  }

  /** Makes `live` what the application sees of the plugin. */
  #lead(live: ThreadBuild): void {
    this.#observe(live)
    showBuild(this, live.shown)
    this.#calls.lead(live)
    refresh(this.exports as object, this.#exportsWith({}) as object)
  }

  #observe(build: ThreadBuild): void {
    const totals = this.#totals
    build.onCall = ({ durationMs, waitedMs, error }) => {
      totals.calls++
      totals.took(durationMs)
      totals.waitedMs += waitedMs
      if (error !== undefined) totals.failed(error.code)
      if (build === this.#builds.live) this.#builds.watch?.count(1, error)
    }
  }

  async #close(drainMs: number): Promise<void> {
    const updates = this.#updates.close()
    // Calls that wait for an update are among those that get time.
    const { pauseOver } = this.#calls
    if (pauseOver !== undefined && drainMs > 0) {
      await pauseOver
      await new Promise<void>((resolve) => later(resolve))
    }
    await this.#builds.close(drainMs)
    await updates
    this.#onClosed()
  }
}
