import type { Manifest } from '@wasm-plugin/manifest'
import { ASYNC_DISPOSE } from '@wasm-plugin/runtime/internal'
import type { GrantControl, GrantsInput, PluginGrants } from '@wasm-plugin/wasi'
import type { Contract } from './contract/contract.js'
import { errors } from './errors/index.js'
import type { Learner } from './learn/index.js'
import type { CloseOptions } from './options/close.js'
import type { ProfileOptions } from './options/profile.js'
import type { UpdateOptions } from './options/update.js'
import type { PluginSource } from './plugin-source.js'
import type { FuelProfile } from './profile/fuel-profile.js'
import type { PluginProfile } from './profile/plugin-profile.js'
import type { PluginStats } from './stats/index.js'

/** A component that a plugin runs, and what it may use. */
export interface Build {
  readonly digest: string
  readonly signer: string | undefined
  readonly manifest: Manifest | undefined
  readonly control: GrantControl
  readonly learner: Learner | undefined
  readonly contract: Contract
  /** What the application answers of its imports, by their exact names. */
  readonly imports: readonly string[]
  /** What the application granted. */
  readonly granted: GrantsInput
}

/** What takes grants back, of any build. */
type Taking = (control: GrantControl) => unknown

let replace: (plugin: LoadedPlugin, build: Build) => void
let listen: (plugin: LoadedPlugin, listener: (of: Taking) => void) => void

/** What every plugin has, wherever it runs. */
export abstract class LoadedPlugin implements AsyncDisposable {
  readonly name: string
  abstract readonly stats: PluginStats
  #build: Build
  #onTaking: (of: Taking) => void = () => {}

  static {
    replace = (plugin, build) => {
      plugin.#build = build
    }
    listen = (plugin, listener) => {
      plugin.#onTaking = listener
    }
  }

  /** @internal Use `host.load`. */
  constructor(name: string, build: Build) {
    this.name = name
    this.#build = build
  }

  /** `sha256:` and the hex digest of the component. */
  get digest(): string {
    return this.#build.digest
  }

  /** Who signed it, in words, by what the registry has checked that it was loaded from; undefined for a file, a URL or bytes. */
  get signer(): string | undefined {
    return this.#build.signer
  }

  /** The manifest embedded in the component, if it has one. */
  get manifest(): Manifest | undefined {
    return this.#build.manifest
  }

  /** What the plugin asks for, what of it was given and what refused, and what was granted in vain. Deeply frozen. */
  get grants(): PluginGrants {
    return this.#build.control.grants
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
    return this.#take((control) => control.narrow(grants))
  }

  /**
   * Takes back a rule of `grants.rules` by its text, or all rules of a capability by its name (`fs`, `net`, `app.mail`). It
   * holds at once: the next use is denied, and what is open under the rule answers with an error.
   *
   * @returns how many rules were taken back; 0 when they were taken back before.
   * @throws {UNKNOWN_RULE}
   */
  revoke(rule: string): number {
    return this.#take((control) => control.revoke(rule))
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
    return this.#build.control.readFiles(at)
  }

  /**
   * Puts another build in the place of the present one, while calls go on. It is read, checked and started beside that;
   * then new calls go to it, and those that run or wait end where they are. Functions of `exports` lead to the new build
   * from then on, also those that the application holds; objects of resources end with their build. When anything
   * fails, the present build goes on as if nothing had been tried.
   *
   * Imports, limits and the rest are those of `load`. Memory volumes, and stores without a file, begin empty.
   *
   * @example
   * ```ts
   * await plugin.update('./render-2.wasm', {
   *   check: async (next) => void (await next['acme:site/render'].render({ path: 'a.md', markdown: '# A' })),
   *   rollback: { faults: 0.05 },
   * })
   * ```
   * @throws {OPTIONS_INVALID} {UPDATE_MISFIT} {UPDATE_ASKS_MORE} {UPDATE_NEEDS_GRANTS} {UPDATE_CHECK_FAILED} {PLUGIN_CLOSED}
   *   {LOAD_ABORTED}, and what `load` throws
   */
  abstract update(source: PluginSource, options?: UpdateOptions<never>): Promise<void>

  /**
   * Looks at what the plugin does for so many milliseconds, or until what a function does is over: how long each of its functions
   * ran, by name, file and line, and how much time went to WASI and to the application. What it finds is read in the
   * application's thread at the end.
   *
   * With `by: 'fuel'`, how much work each did, of a plugin that was loaded with `profile: 'fuel'`: the same for the same input each
   * time, so that a test can tell whether it is more than it was.
   *
   * @example
   * ```ts
   * const { functions, wasiMs } = await plugin.profile(10_000) // what it does in ten seconds
   * ```
   * @throws {OPTIONS_INVALID} {PROFILER_UNAVAILABLE} {FUEL_NOT_COUNTED} {PROFILE_RUNNING} {PLUGIN_CLOSED}, and what the function throws
   */
  profile(during: number | (() => unknown), options: { by: 'fuel' }): Promise<FuelProfile>
  profile(during: number | (() => unknown), options?: { by?: 'time' }): Promise<PluginProfile>
  profile(
    during: number | (() => unknown),
    options: ProfileOptions = {},
  ): Promise<PluginProfile | FuelProfile> {
    return this.profiled(during, options)
  }

  /** @internal */
  protected abstract profiled(
    during: number | (() => unknown),
    options: ProfileOptions,
  ): Promise<PluginProfile | FuelProfile>

  /**
   * Ends the plugin; calls that run fail with PLUGIN_CLOSED. Idempotent: the first call decides how long they are waited
   * for.
   *
   * @throws {OPTIONS_INVALID}
   */
  abstract close(options?: CloseOptions): Promise<void>

  [ASYNC_DISPOSE](): Promise<void> {
    return this.close()
  }

  #take<T>(of: (control: GrantControl) => T): T {
    const taken = of(this.#build.control)
    this.#onTaking(of)
    return taken
  }

  #learning(): Learner {
    const { learner } = this.#build
    if (learner === undefined) throw errors.NOT_LEARNING({ name: this.name })
    return learner
  }
}

/** Makes a plugin show another component as its own. */
export function showBuild(plugin: LoadedPlugin, build: Build): void {
  replace(plugin, build)
}

/** Calls `listener` whenever grants of a plugin were taken back, with what takes the same of another build. */
export function onTaking(plugin: LoadedPlugin, listener: (of: Taking) => void): void {
  listen(plugin, listener)
}
