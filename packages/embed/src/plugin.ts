import { type CallContext, callByName, runCall, runDrop } from './call/call.js'
import type { ExportedFunction } from './contract/contract.js'
import { exportTable } from './contract/export-table.js'
import { Ending } from './ending.js'
import { errors } from './errors/index.js'
import { type LoadedParts, LoadedPlugin, type PluginStats } from './loaded-plugin.js'
import { type CallOptions, checkCallOptions } from './options.js'
import type { ResourceClasses } from './resource/classes.js'

/** Exports of a plugin whose contract is not known to TypeScript: every function takes and returns `any`. */
// biome-ignore lint/suspicious/noExplicitAny: without types of the contract there is nothing to check against.
export type UntypedExports = Record<string, any>

/** A plugin's exports, with a deadline or a signal for each of their calls. */
export interface BoundCalls<E> {
  readonly exports: E
}

export interface PluginParts extends LoadedParts {
  readonly classes: ResourceClasses
  readonly context: Omit<CallContext, 'closing' | 'closed' | 'onCall'>
  readonly onCall: CallContext['onCall']
  readonly onClosed: () => void | Promise<void>
  readonly warn: (text: string) => void
}

/** A loaded plugin. Made by `host.load`. */
export class Plugin<E = UntypedExports> extends LoadedPlugin {
  /**
   * The plugin's functions by interface, each answering with a promise:
   * `plugin.exports['acme:site/render'].render(doc)`. A `result` error rejects with a `ComponentError`.
   */
  readonly exports: E
  readonly stats: PluginStats

  readonly #context: CallContext
  readonly #closing = new Ending()
  readonly #onClosed: PluginParts['onClosed']
  readonly #warn: PluginParts['warn']
  readonly #classes: ResourceClasses
  #closed: Promise<void> | undefined

  /** @internal Use `host.load`. */
  constructor(parts: PluginParts) {
    super(parts)
    this.#onClosed = parts.onClosed
    this.#warn = parts.warn
    const { pool } = parts.context
    const stats = {
      calls: 0,
      failures: 0,
      durationMs: 0,
      get waiting() {
        return pool.waiting
      },
    }
    this.stats = stats
    this.#context = {
      ...parts.context,
      closing: this.#closing,
      closed: () => errors.PLUGIN_CLOSED({ name: this.name }),
      onCall(call) {
        stats.calls++
        stats.durationMs += call.durationMs
        if (call.error !== undefined) stats.failures++
        parts.onCall(call)
      },
    }
    this.#classes = parts.classes
    const call = (func: ExportedFunction, args: readonly unknown[]) =>
      runCall(this.#context, func, { args, options: {} })
    parts.classes.connect({ isInline: false, call, drop: (held) => runDrop(this.#context, held) })
    this.exports = this.#exportsWith({})
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
    return callByName(this.#context, target, { args, options })
  }

  /** Ends the plugin; calls that run fail with PLUGIN_CLOSED. Idempotent. */
  override close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  #exportsWith(options: CallOptions): E {
    const bind =
      (func: ExportedFunction) =>
      (...args: unknown[]) =>
        runCall(this.#context, func, { args, options })
    return exportTable(this.#context.contract, { bind, classes: this.#classes }) as E
  }

  async #close(): Promise<void> {
    this.#closing.abort()
    const unending = await this.#context.pool.close(this.#context.closed())
    if (unending > 0) this.#warn(`${unending} threads of plugin "${this.name}" were ended and go on`)
    await this.#onClosed()
  }
}
