import type { ExportedFunction } from '../contract/contract.js'
import { exportTable } from '../contract/export-table.js'
import { requireCount } from '../contract/require-count.js'
import { errors } from '../errors/index.js'
import { named } from '../errors/named.js'
import type { HttpResponse } from '../http/answered.js'
import { requestOf, responseOf } from '../http/fetch.js'
import type { HttpRequest } from '../http/given-request.js'
import { LoadedPlugin, onTaking, showBuild } from '../loaded-plugin.js'
import { type CloseOptions, checkCloseOptions } from '../options/close.js'
import type { InlineHandleOptions } from '../options/given.js'
import type { ProfileOptions } from '../options/profile.js'
import { checkInlineHandleOptions } from '../options/resolve.js'
import { checkUpdateOptions, type UpdateOptions } from '../options/update.js'
import type { UntypedExports } from '../plugin.js'
import type { PluginSource } from '../plugin-source.js'
import type { FuelProfile } from '../profile/fuel-profile.js'
import type { PluginProfile } from '../profile/plugin-profile.js'
import { Profiler } from '../profile/profiler.js'
import { type PluginStats, statsOf, type Totals } from '../stats/index.js'
import { Builds } from '../update/builds.js'
import { keepNames, type LiveFunction, LiveFunctions, refresh } from '../update/live-exports.js'
import { type Calling, Updates, type Updating } from '../update/updates.js'
import { type BuildPlace, bindExport } from './bind-export.js'
import { handleInline } from './handle.js'
import type { Exported, InlineBuild } from './inline-build.js'

/** The exports of a contract as they are called in the same thread: the promises of `E` taken off. */
export type Sync<E> = { readonly [K in keyof E]: K extends symbol ? E[K] : SyncMember<E[K]> }

/** `0 extends 1 & T` is true for `any` only, which stays what it is. A class is its constructor and static functions. */
type SyncMember<T> = 0 extends 1 & T
  ? T
  : T extends new (
        ...args: infer A
      ) => infer R
    ? Sync<T> & (new (...args: A) => Sync<R>)
    : T extends (...args: infer A) => infer R
      ? (...args: A) => SyncValue<Awaited<R>>
      : Sync<T>

/** The plugin's resources are called without promises too; they alone can be disposed asynchronously. */
type SyncValue<T> = T extends AsyncDisposable
  ? Sync<T>
  : T extends readonly (infer I extends AsyncDisposable)[]
    ? Sync<I>[]
    : T

export interface InlinePluginParts {
  readonly name: string
  readonly build: InlineBuild
  readonly updating: Updating<InlineBuild>
  readonly totals: Totals
  readonly onClosed: () => void
}

/**
 * A plugin in the application's own thread. A call is a function call: no promise, no copy of its arguments, no
 * events. What a thread gives for free must be bounded otherwise: fuel bounds the work of every call, and a plugin
 * that waits (network, sleep) would make the application wait, so it cannot. Made by `host.load` with
 * `isolation: 'inline'`.
 */
export class InlinePlugin<E = UntypedExports> extends LoadedPlugin {
  /** The plugin's functions by interface: `plugin.exports['acme:site/render'].render(doc)`, without a promise. */
  readonly exports: Sync<E>
  readonly stats: PluginStats

  readonly #builds: Builds<InlineBuild>
  readonly #updates: Updates<InlineBuild>
  readonly #functions = new LiveFunctions()
  readonly #bound = new Map<LiveFunction, Exported>()
  readonly #onClosed: InlinePluginParts['onClosed']
  readonly #place: BuildPlace
  readonly #profiler = new Profiler(this)
  #closed: Promise<void> | undefined

  /** @internal Use `host.load`. */
  constructor({ name, build, updating, totals, onClosed }: InlinePluginParts) {
    super(name, build.shown)
    this.#onClosed = onClosed
    this.#place = { build }
    build.totals = totals
    const builds = new Builds(build, (live) => this.#lead(live))
    this.#builds = builds
    this.stats = statsOf(totals, () => {
      const { breaker, memoryBytes, maxMemoryBytes } = builds.live
      const circuit = breaker?.circuit ?? 'closed'
      // It has no thread of its own, and hardly waits in this one.
      return { ...NOW, memoryBytes, maxMemoryBytes, circuit, cpuMs: totals.durationMs || undefined }
    })
    this.#updates = new Updates(name, this.#builds, { updating, calling })
    this.exports = exportsOf(build, (func) => this.#boundOf(func)) as Sync<E>
    onTaking(this, (of) => this.#updates.takeBack(of))
  }

  /**
   * Calls one export by name, as `Plugin.call` does, and returns what it returns.
   *
   * @throws {UNKNOWN_EXPORT} {ARGUMENT_COUNT} {TYPE_MISMATCH} {PLUGIN_CLOSED}, the codes of a plugin fault, and
   *   `ComponentError` for the `err` of a `result`.
   */
  call(target: string, args: readonly unknown[] = []): unknown {
    return this.#boundOf(this.#found(target, args))(...args)
  }

  /**
   * Has the plugin answer a request, as `Plugin.handle` does. The whole of it happens at once, in the application's thread: the
   * body has to be there, and all of the response is there then, of about `limits.valueBytes` at most. Trailers of the request
   * are left out.
   *
   * @throws {HTTP_NEEDS_THREAD} the body is a stream; and what `Plugin.handle` throws
   */
  async handle(request: HttpRequest, options: InlineHandleOptions = {}): Promise<HttpResponse> {
    return handleInline(this.#called(), request, checkInlineHandleOptions(options, 'handle'))
  }

  /** The same in the words of `fetch`; the body is read first, all of it. @throws what `handle` throws */
  async fetch(request: Request, options: InlineHandleOptions = {}): Promise<Response> {
    const asked = requestOf(request)
    const { signal = request.signal, ...checked } = checkInlineHandleOptions(options, 'fetch')
    const body = request.body && new Uint8Array(await request.arrayBuffer())
    const response = handleInline(this.#called(), { ...asked, body }, { ...checked, signal })
    return responseOf(response, request.method)
  }

  /** Nothing can be waited for here. @throws {PROGRAM_NEEDS_THREAD} */
  run(): never {
    throw errors.PROGRAM_NEEDS_THREAD({ plugin: this.name })
  }

  override async update(source: PluginSource, options: UpdateOptions<Sync<E>> = {}): Promise<void> {
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
    checkCloseOptions(options)
    this.#closed ??= this.#close()
    await this.#closed
  }

  #called() {
    return { plugin: this.name, build: this.#place.build }
  }

  #boundOf(func: ExportedFunction): Exported {
    const live = this.#functions.of(func)
    const bound = this.#bound.get(live) ?? bindExport(live, func, this.#place)
    this.#bound.set(live, bound)
    return bound
  }

  /** What a name leads to, with as many arguments as it takes. */
  #found(target: string, args: readonly unknown[]): ExportedFunction {
    try {
      if (!Array.isArray(args)) throw errors.OPTIONS_INVALID({ path: 'call.args', reason: 'expected array' })
      const { contract } = this.#place.build.shown
      const name = contract.has(target) ? target : (this.#functions.named(target)?.func?.name ?? target)
      const func = contract.find(name)
      requireCount(func, args)
      return func
    } catch (error) {
      throw named(error, this.name)
    }
  }

  /** Makes `live` what the application sees of the plugin. */
  #lead(live: InlineBuild): void {
    const totals = this.#place.build.totals
    let counted = totals.calls
    this.#place.build = live
    live.totals = totals
    live.onFailure = (error) => {
      this.#builds.watch?.count(totals.calls - counted, error)
      counted = totals.calls
    }
    showBuild(this, live.shown)
    this.#functions.lead(live.shown.contract)
    const table = exportsOf(live, (func) => this.#boundOf(func))
    keepNames(this.exports, table)
    refresh(this.exports, table)
  }

  async #close(): Promise<void> {
    const updates = this.#updates.close()
    await this.#builds.close(0)
    await updates
    this.#onClosed()
  }
}

/** Nothing waits for the one instance. */
const NOW = { waiting: 0, instances: 1, isMetered: true }

/** A call is over before anything else happens in this thread, so that none has to wait. */
const calling: Calling<InlineBuild> = {
  exportsOf: (build) => {
    const place = { build }
    return exportsOf(build, (func) => bindExport(new LiveFunctions().of(func), func, place))
  },
  call: (build, target, args) => {
    const func = build.shown.contract.find(target)
    requireCount(func, args)
    return bindExport(new LiveFunctions().of(func), func, { build })(...args)
  },
  pause: async () => {},
  goOn() {},
}

function exportsOf({ classes, shown }: InlineBuild, bind: (func: ExportedFunction) => Exported): object {
  return exportTable(shown.contract, { bind, classes })
}
