import { type CallContext, runCall, runDrop } from './call/call.js'
import { type GrantControl, type GrantSet, type GrantsInput, readFiles } from './capability/index.js'
import { errors } from './errors/index.js'
import type { Learner } from './learn/index.js'
import type { ExportedFunction } from './load/contract.js'
import { exportTable } from './load/export-table.js'
import type { Manifest } from './manifest/index.js'
import type { CallOptions } from './options.js'
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
    const call = ({ name }: ExportedFunction, args: readonly unknown[]) =>
      runCall(this.#context, name, { args, options: {} })
    parts.classes.connect({ call, drop: (held) => runDrop(this.#context, held) })
    this.exports = exportTable(parts.context.contract, {
      bind:
        (func) =>
        (...args) =>
          call(func, args),
      classes: parts.classes,
    }) as E
  }

  /**
   * Calls one export by name: `acme:site/render#render`, with or without the version.
   *
   * @throws {UNKNOWN_EXPORT} {ARGUMENT_COUNT} {TYPE_MISMATCH} {DEADLINE_EXCEEDED} {CALL_ABORTED} {PLUGIN_CLOSED}
   *   {POOL_SATURATED}, the codes of a plugin fault, and `ComponentError` for the `err` of a `result`.
   */
  call(target: string, args: readonly unknown[] = [], options: CallOptions = {}): Promise<unknown> {
    return runCall(this.#context, target, { args, options })
  }

  /** What the plugin may use now: requested ∩ allowed, without what was taken back. Deeply frozen. */
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

  async #close(): Promise<void> {
    this.#closing.abort()
    await this.#context.pool.close(this.#context.closed())
    await this.#onClosed()
  }
}
