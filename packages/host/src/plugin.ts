import type { Manifest } from '@wasm-plugin/manifest'
import { type CallContext, callByName, runCall, runDrop } from './call/call.js'
import type { ExportedFunction } from './contract/contract.js'
import { exportTable } from './contract/export-table.js'
import { errors } from './errors/index.js'
import { type GrantControl, type GrantSet, type GrantsInput, readFiles } from './grants/index.js'
import type { Learner } from './learn/index.js'
import { type CallOptions, checkCallOptions } from './options.js'
import type { ResourceClasses } from './resource/classes.js'

/** Exports of a plugin whose contract is not known to TypeScript: every function takes and returns `any`. */
// biome-ignore lint/suspicious/noExplicitAny: without types of the contract there is nothing to check against.
export type UntypedExports = Record<string, any>

/** Running totals of one plugin. */
export interface PluginStats {
  calls: number
  failures: number
  /** Milliseconds spent in calls, waiting included. */
  ms: number
}

/** A plugin's exports, with a deadline or a signal for each of their calls. */
export interface BoundCalls<E> {
  readonly exports: E
}

export interface PluginParts {
  readonly name: string
  readonly digest: string
  readonly manifest: Manifest | undefined
  readonly control: GrantControl
  readonly learner: Learner | undefined
  readonly classes: ResourceClasses
  readonly context: Omit<CallContext, 'closing' | 'closed' | 'onCall'>
  readonly onCall: CallContext['onCall']
  readonly onClosed: () => void | Promise<void>
}

/** A loaded plugin. Made by `host.load`. */
export class Plugin<E = UntypedExports> implements AsyncDisposable {
  readonly name: string
  /** `sha256:` and the hex digest of the component. */
  readonly digest: string
  /** The manifest embedded in the component, if it has one. */
  readonly manifest: Manifest | undefined
  /**
   * The plugin's functions by interface, each answering with a promise:
   * `plugin.exports['acme:site/render'].render(doc)`. A `result` error rejects with a `ComponentError`.
   */
  readonly exports: E
  readonly stats: Readonly<PluginStats>

  readonly #context: CallContext
  readonly #closing = new AbortController()
  readonly #onClosed: PluginParts['onClosed']
  readonly #control: GrantControl
  readonly #learner: Learner | undefined
  readonly #classes: ResourceClasses
  #closed: Promise<void> | undefined

  /** @internal Use `host.load`. */
  constructor(parts: PluginParts) {
    this.name = parts.name
    this.digest = parts.digest
    this.manifest = parts.manifest
    this.#control = parts.control
    this.#learner = parts.learner
    this.#onClosed = parts.onClosed
    const stats: PluginStats = { calls: 0, failures: 0, ms: 0 }
    this.stats = stats
    this.#context = {
      ...parts.context,
      closing: this.#closing.signal,
      closed: () => errors.PLUGIN_CLOSED({ name: this.name }),
      onCall(call) {
        stats.calls++
        stats.ms += call.ms
        if (call.error !== undefined) stats.failures++
        parts.onCall(call)
      },
    }
    this.#classes = parts.classes
    const call = (func: ExportedFunction, args: readonly unknown[]) =>
      runCall(this.#context, func, { args, options: {} })
    parts.classes.connect({ call, drop: (held) => runDrop(this.#context, held) })
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
    return Object.freeze({ exports: this.#exportsWith(checkCallOptions(options)) })
  }

  /**
   * Calls one export by name: `acme:site/render#render`, with or without the version.
   *
   * @throws {UNKNOWN_EXPORT} {ARGUMENT_COUNT} {TYPE_MISMATCH} {DEADLINE_EXCEEDED} {CALL_ABORTED} {PLUGIN_CLOSED}
   *   {POOL_SATURATED}, the codes of a plugin fault, and `ComponentError` for the `err` of a `result`.
   */
  call(target: string, args: readonly unknown[] = [], options: CallOptions = {}): Promise<unknown> {
    return callByName(this.#context, target, { args, options })
  }

  /**
   * What the plugin may use now: requested ∩ allowed, without what was taken back. `rules` has all of it as text,
   * `unasked` what was granted in vain, because the manifest does not ask for it. Deeply frozen.
   */
  get grants(): GrantSet {
    return this.#control.grants
  }

  /**
   * Takes back a part of what the plugin may use, while it runs. A capability that `grants` names keeps what is in
   * there and loses the rest; one that it does not name stays as it is. It holds at once: the next use of anything else
   * is denied, and files, streams and sockets that are open under it answer with an error.
   *
   * @example
   * ```ts
   * plugin.narrow({ fs: [{ path: './data/in', at: '/data/in', access: 'read' }], net: [] })
   * ```
   * @returns what the plugin may use from now on.
   * @throws {GRANTS_NOT_NARROWER} and the codes of invalid grants; nothing has changed then.
   */
  narrow(grants: Pick<GrantsInput, 'fs' | 'net' | 'env' | 'config' | 'keyvalue'>): GrantSet {
    return this.#control.narrow(grants)
  }

  /**
   * Takes back a rule of `grants.rules` by its text, or all rules of a capability by its name (`fs`, `net`, `env`). It
   * holds at once: the next use is denied, and what is open under the rule answers with an error.
   *
   * @returns how many rules were taken back; 0 when they were taken back before.
   * @throws {UNKNOWN_RULE}
   */
  revoke(rule: string): number {
    return this.#control.revoke(rule)
  }

  /**
   * The smallest grants that would have been enough for what the plugin has done since it was loaded: folders with the
   * access that was used, requests by method, host and path, variables that it was shown. To be given to `host.load`.
   *
   * @throws {NOT_LEARNING} unless it was loaded with `learn: true`.
   */
  learned(): GrantsInput {
    if (this.#learner === undefined) throw errors.NOT_LEARNING({ name: this.name })
    return this.#learner.learned()
  }

  /**
   * What the plugin used and no grant can name alone, such as a path with a `*`: one line each, for a person to decide
   * about. `learned()` has nothing of it.
   *
   * @throws {NOT_LEARNING} unless it was loaded with `learn: true`.
   */
  unlearned(): string[] {
    if (this.#learner === undefined) throw errors.NOT_LEARNING({ name: this.name })
    return this.#learner.leftOut()
  }

  /**
   * The files of a memory grant by their path below `at`, as they are at one moment, also while calls run and after
   * `close`. Symbolic links and empty directories are left out.
   *
   * @throws {MEMORY_GRANT_MISSING}
   */
  files(at: string): Promise<Map<string, Uint8Array>> {
    return readFiles(this.#control.initial, at)
  }

  /** Ends the plugin; calls that run fail with PLUGIN_CLOSED. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
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
    await this.#context.pool.close(this.#context.closed())
    await this.#onClosed()
  }
}
