import type { Manifest } from '@wasm-plugin/manifest'
import { ASYNC_DISPOSE } from '@wasm-plugin/runtime/internal'
import type { GrantControl, GrantsInput, PluginGrants } from '@wasm-plugin/wasi'
import { errors } from './errors/index.js'
import type { Learner } from './learn/index.js'

/** Running totals of one plugin, and how busy it is now. */
export interface PluginStats {
  /** Calls that wait for an instance now, as `pool.queue` bounds them. */
  readonly waiting: number
  readonly calls: number
  readonly failures: number
  /** Milliseconds spent in calls, waiting included; of an inline plugin, while somebody listens to `call`. */
  readonly durationMs: number
}

export interface LoadedParts {
  readonly name: string
  readonly digest: string
  readonly manifest: Manifest | undefined
  readonly control: GrantControl
  readonly learner: Learner | undefined
}

/** What every plugin has, wherever it runs. */
export abstract class LoadedPlugin implements AsyncDisposable {
  readonly name: string
  /** `sha256:` and the hex digest of the component. */
  readonly digest: string
  /** The manifest embedded in the component, if it has one. */
  readonly manifest: Manifest | undefined
  abstract readonly stats: PluginStats
  readonly #control: GrantControl
  readonly #learner: Learner | undefined

  /** @internal Use `host.load`. */
  constructor({ name, digest, manifest, control, learner }: LoadedParts) {
    this.name = name
    this.digest = digest
    this.manifest = manifest
    this.#control = control
    this.#learner = learner
  }

  /** What the plugin asks for, what of it was given and what refused, and what was granted in vain. Deeply frozen. */
  get grants(): PluginGrants {
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
   * @throws {GRANTS_NOT_NARROWER} {UNKNOWN_GRANT} and the codes of invalid grants; nothing has changed then.
   */
  narrow(grants: Pick<GrantsInput, 'fs' | 'net' | 'env' | 'config' | 'keyvalue' | 'app'>): PluginGrants {
    return this.#control.narrow(grants)
  }

  /**
   * Takes back a rule of `grants.rules` by its text, or all rules of a capability by its name (`fs`, `net`, `app.mail`). It
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
    return this.#learning().learned()
  }

  /**
   * What the plugin used and no grant can name alone, such as a path with a `*`: one line each, for a person to decide
   * about. `learned()` has nothing of it.
   *
   * @throws {NOT_LEARNING} unless it was loaded with `learn: true`.
   */
  unlearned(): string[] {
    return this.#learning().leftOut()
  }

  /**
   * The files of a memory grant by their path below `at`, as they are at one moment, also while calls run and after
   * `close`. Symbolic links and empty directories are left out.
   *
   * @throws {MEMORY_GRANT_MISSING}
   */
  readFiles(at: string): Promise<Map<string, Uint8Array>> {
    return this.#control.readFiles(at)
  }

  /** Ends the plugin; calls that run fail with PLUGIN_CLOSED. Idempotent. */
  abstract close(): Promise<void>

  [ASYNC_DISPOSE](): Promise<void> {
    return this.close()
  }

  #learning(): Learner {
    if (this.#learner === undefined) throw errors.NOT_LEARNING({ name: this.name })
    return this.#learner
  }
}
