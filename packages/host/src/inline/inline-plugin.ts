import type { Manifest } from '@wasm-plugin/manifest'
import type { Instance } from '@wasm-plugin/runtime'
import type { Contract, ExportedFunction } from '../contract/contract.js'
import { exportTable } from '../contract/export-table.js'
import { exportTarget } from '../contract/export-target.js'
import { errors } from '../errors/index.js'
import { withLastWords } from '../errors/last-words.js'
import { PluginError } from '../errors/plugin-error.js'
import { type GrantControl, type GrantSet, type GrantsInput, readFiles } from '../grants/index.js'
import type { Learner } from '../learn/index.js'
import type { UntypedExports } from '../plugin.js'
import { ResourceClasses } from '../resource/classes.js'
import { type Held, placeOf } from '../resource/plugin-resource.js'
import { InlineResources } from './inline-resources.js'

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

export interface InlineParts {
  readonly name: string
  readonly digest: string
  readonly manifest: Manifest | undefined
  readonly control: GrantControl
  readonly learner: Learner | undefined
  readonly contract: Contract
  /** Units of fuel that every call gets. */
  readonly fuel: number
  /** A fresh instance with fresh imports; closes what the one before left open. */
  readonly instantiate: () => Instance
  /** What the instance wrote to stderr last. */
  readonly lastWords: () => readonly string[]
  readonly onFault: (target: string, error: PluginError) => void
  readonly onClosed: () => void
}

type Exported = (...args: unknown[]) => unknown

/**
 * A plugin in the application's own thread. A call is a function call: no promise, no copy of its arguments, no
 * events. What a thread gives for free must be bounded otherwise: fuel bounds the work of every call, and a plugin
 * that waits (network, sleep) would make the application wait, so it cannot. Made by `host.load` with
 * `isolation: 'inline'`.
 */
export class InlinePlugin<E = UntypedExports> implements AsyncDisposable {
  readonly name: string
  /** `sha256:` and the hex digest of the component. */
  readonly digest: string
  readonly manifest: Manifest | undefined
  /** The plugin's functions by interface: `plugin.exports['acme:site/render'].render(doc)`, without a promise. */
  readonly exports: Sync<E>

  readonly #parts: InlineParts
  readonly #resources: InlineResources
  #instance: Instance | undefined
  #closed = false

  /** @internal Use `host.load`. */
  constructor(parts: InlineParts) {
    this.#parts = parts
    this.name = parts.name
    this.digest = parts.digest
    this.manifest = parts.manifest
    this.#instance = parts.instantiate()
    const classes = new ResourceClasses(parts.contract)
    this.#resources = new InlineResources(parts.contract.origins, classes)
    classes.connect({
      call: (func, args) => this.#callWithResources(func, args),
      drop: (held) => this.#drop(held),
    })
    this.exports = exportTable(parts.contract, { bind: (func) => this.#bind(func), classes }) as Sync<E>
  }

  /**
   * What the plugin may use now: requested ∩ allowed, without what was taken back. `rules` has all of it as text,
   * `unasked` what was granted in vain, because the manifest does not ask for it. Deeply frozen.
   */
  get grants(): GrantSet {
    return this.#parts.control.grants
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
    return this.#parts.control.narrow(grants)
  }

  /**
   * Takes back a rule of `grants.rules` by its text, or all rules of a capability by its name.
   *
   * @returns how many rules were taken back; 0 when they were taken back before.
   * @throws {UNKNOWN_RULE}
   */
  revoke(rule: string): number {
    return this.#parts.control.revoke(rule)
  }

  /**
   * The smallest grants that would have been enough for what the plugin has done since it was loaded: folders with the
   * access that was used, requests by method, host and path, variables that it was shown. To be given to `host.load`.
   *
   * @throws {NOT_LEARNING} unless it was loaded with `learn: true`.
   */
  learned(): GrantsInput {
    if (this.#parts.learner === undefined) throw errors.NOT_LEARNING({ name: this.name })
    return this.#parts.learner.learned()
  }

  /**
   * What the plugin used and no grant can name alone, such as a path with a `*`: one line each, for a person to decide
   * about. `learned()` has nothing of it.
   *
   * @throws {NOT_LEARNING} unless it was loaded with `learn: true`.
   */
  unlearned(): string[] {
    if (this.#parts.learner === undefined) throw errors.NOT_LEARNING({ name: this.name })
    return this.#parts.learner.leftOut()
  }

  /**
   * The files of a memory grant by their path below `at`, as they are at one moment, also while calls run and after
   * `close`. Symbolic links and empty directories are left out.
   *
   * @throws {MEMORY_GRANT_MISSING}
   */
  files(at: string): Promise<Map<string, Uint8Array>> {
    return readFiles(this.#parts.control.initial, at)
  }

  /** Ends the plugin. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#instance = undefined
    this.#parts.onClosed()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** One closure per arity: spreading arguments costs more than the call itself. */
  #bind(func: ExportedFunction): Exported {
    if (func.handles !== null) return (...args) => this.#callWithResources(func, args)
    let instance: Instance | undefined
    let target: Exported
    const enter = () => {
      const current = this.#enter()
      if (current === instance) return
      instance = current
      target = exportTarget(current.exports, func)
    }
    const fail = (error: unknown) => this.#fail(error, func.name)
    switch (func.type.params.length) {
      case 0:
        return () => {
          enter()
          try {
            return target()
          } catch (error) {
            return fail(error)
          }
        }
      case 1:
        return (a) => {
          enter()
          try {
            return target(a)
          } catch (error) {
            return fail(error)
          }
        }
      case 2:
        return (a, b) => {
          enter()
          try {
            return target(a, b)
          } catch (error) {
            return fail(error)
          }
        }
      default:
        return (...args) => {
          enter()
          try {
            return target(...args)
          } catch (error) {
            return fail(error)
          }
        }
    }
  }

  #callWithResources(func: ExportedFunction, args: readonly unknown[]): unknown {
    const instance = this.#enter()
    const target = exportTarget(instance.exports, func)
    try {
      return this.#resources.call(instance, func.handles, { target, args })
    } catch (error) {
      return this.#fail(error, func.name)
    }
  }

  #drop(held: Held): void {
    if (held.gone !== null) return
    held.gone = 'dropped'
    // With its instance, the resource has gone too.
    const place = placeOf(held)
    if (this.#closed || place === undefined || place.home !== this.#instance || this.#instance.poisoned)
      return
    this.#enter()
    const object = place.value as Disposable
    try {
      object[Symbol.dispose]()
    } catch (error) {
      this.#fail(error, `[resource-drop]${held.resource}`)
    }
  }

  #fail(thrown: unknown, target: string): never {
    const error = withLastWords(thrown, this.#parts.lastWords)
    if (PluginError.is(error)) {
      error.plugin = this.name
      error.export = target
      if (this.#instance?.poisoned) this.#parts.onFault(target, error)
    }
    throw error
  }

  #enter(): Instance {
    const current = this.#current()
    // A host function that calls back must not fill up the call that it was called by.
    if (!current.busy) current.fuel?.refill(this.#parts.fuel)
    return current
  }

  /** The living instance, or a fresh one after a fault. */
  #current(): Instance {
    if (this.#closed) throw errors.PLUGIN_CLOSED({ name: this.name })
    if (this.#instance === undefined || this.#instance.poisoned !== null)
      this.#instance = this.#parts.instantiate()
    return this.#instance
  }
}
