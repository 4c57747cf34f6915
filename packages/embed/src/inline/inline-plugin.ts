import type { Instance } from '@wasm-plugin/runtime'
import { DISPOSE } from '@wasm-plugin/runtime/internal'
import type { FinishedCall } from '../call/call.js'
import type { Contract, ExportedFunction } from '../contract/contract.js'
import { exportTable } from '../contract/export-table.js'
import { exportTarget } from '../contract/export-target.js'
import { requireCount } from '../contract/require-count.js'
import { errors } from '../errors/index.js'
import { withLastWords } from '../errors/last-words.js'
import { named } from '../errors/named.js'
import { PluginError } from '../errors/plugin-error.js'
import { type LoadedParts, LoadedPlugin, type PluginStats } from '../loaded-plugin.js'
import type { UntypedExports } from '../plugin.js'
import { ResourceClasses } from '../resource/classes.js'
import { type Held, placeOf } from '../resource/plugin-resource.js'
import { InlineResources } from './inline-resources.js'
import type { Outings } from './outings.js'

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

export interface InlineParts extends LoadedParts {
  readonly contract: Contract
  /** Units of fuel that every call gets. */
  readonly fuel: number
  readonly outings: Outings
  /** A fresh instance with fresh imports; closes what the one before left open. */
  readonly instantiate: () => Instance
  /** What the instance wrote to stderr last. */
  readonly lastWords: () => readonly string[]
  /** Whether somebody listens to calls: they are timed and reported then. */
  readonly isObserved: () => boolean
  readonly onCall: (call: FinishedCall) => void
  /** Ids of calls, unique in the host. */
  readonly nextId: () => number
  readonly onFault: (call: number, target: string, error: PluginError) => void
  readonly warn: (text: string) => void
  readonly onClosed: () => Promise<void>
}

type Exported = (...args: unknown[]) => unknown

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

  readonly #parts: InlineParts
  readonly #resources: InlineResources
  readonly #stats = { waiting: 0, calls: 0, failures: 0, durationMs: 0 }
  /** By their indices in the contract. */
  readonly #bound: Exported[] = []
  #instance: Instance | undefined
  /** Functions of the instance that pass resources, by their indices in the contract. */
  #targets: Exported[] = []
  #closed = false

  /** @internal Use `host.load`. */
  constructor(parts: InlineParts) {
    super(parts)
    this.#parts = parts
    this.stats = this.#stats
    this.#instance = parts.instantiate()
    const classes = new ResourceClasses(parts.contract, parts.warn)
    this.#resources = new InlineResources(parts.contract.origins, classes)
    classes.connect({
      isInline: true,
      call: (func, args) => this.#callWithResources(func, args),
      drop: (held) => this.#drop(held),
    })
    const bind = (func: ExportedFunction) => this.#boundOf(func)
    this.exports = exportTable(parts.contract, { bind, classes }) as Sync<E>
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

  /** Ends the plugin. Idempotent. */
  override async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#instance = undefined
    await this.#parts.onClosed()
  }

  #boundOf(func: ExportedFunction): Exported {
    this.#bound[func.index] ??= this.#bind(func)
    return this.#bound[func.index] as Exported
  }

  /** One closure per arity: spreading arguments costs more than the call itself. */
  #bind(func: ExportedFunction): Exported {
    if (func.handles !== null) return (...args) => this.#callWithResources(func, args)
    let instance: Instance | undefined
    let target: Exported
    const enter = () => {
      const current = this.#enter()
      if (current !== instance) {
        instance = current
        target = exportTarget(current.exports, func)
      }
      return this.#start()
    }
    const done = (started: number) => this.#done(func.name, started)
    const fail = (error: unknown, started: number) => this.#fail(error, func.name, started)
    switch (func.type.params.length) {
      case 0:
        return () => {
          const started = enter()
          try {
            const value = target()
            if (started !== 0) done(started)
            return value
          } catch (error) {
            return fail(error, started)
          }
        }
      case 1:
        return (a) => {
          const started = enter()
          try {
            const value = target(a)
            if (started !== 0) done(started)
            return value
          } catch (error) {
            return fail(error, started)
          }
        }
      case 2:
        return (a, b) => {
          const started = enter()
          try {
            const value = target(a, b)
            if (started !== 0) done(started)
            return value
          } catch (error) {
            return fail(error, started)
          }
        }
      default:
        return (...args) => {
          const started = enter()
          try {
            const value = target(...args)
            if (started !== 0) done(started)
            return value
          } catch (error) {
            return fail(error, started)
          }
        }
    }
  }

  #callWithResources(func: ExportedFunction, args: readonly unknown[]): unknown {
    const instance = this.#enter()
    this.#targets[func.index] ??= exportTarget(instance.exports, func)
    const target = this.#targets[func.index] as Exported
    const started = this.#start()
    try {
      const value = this.#resources.call(instance, func.handles, { target, args })
      if (started !== 0) this.#done(func.name, started)
      return value
    } catch (error) {
      return this.#fail(error, func.name, started)
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
      object[DISPOSE]()
    } catch (error) {
      this.#fail(error, `[resource-drop]${held.resource}`, 0)
    }
  }

  /** What a name leads to, with as many arguments as it takes. */
  #found(target: string, args: readonly unknown[]): ExportedFunction {
    try {
      const func = this.#parts.contract.find(target)
      requireCount(func, args)
      return func
    } catch (error) {
      throw named(error, this.name)
    }
  }

  /** When the call began, in milliseconds of `performance.now`; 0 when nobody wants to know. */
  #start(): number {
    this.#stats.calls++
    return this.#parts.isObserved() ? performance.now() : 0
  }

  #done(target: string, started: number, id = this.#parts.nextId(), error?: PluginError): void {
    const durationMs = performance.now() - started
    this.#stats.durationMs += durationMs
    this.#parts.onCall({ id, export: target, durationMs, error })
  }

  #fail(thrown: unknown, target: string, started: number): never {
    const error = named(withLastWords(thrown, this.#parts.lastWords), this.name, target)
    const failure = PluginError.is(error) ? error : undefined
    if (failure !== undefined) this.#stats.failures++
    const id = this.#parts.nextId()
    if (started !== 0) this.#done(target, started, id, failure)
    if (failure !== undefined && this.#instance?.poisoned) this.#parts.onFault(id, target, failure)
    throw error
  }

  #enter(): Instance {
    const current = this.#current()
    // A host function that calls back must not fill up the call that it was called by.
    if (!current.busy) {
      current.fuel?.refill(this.#parts.fuel)
      this.#parts.outings.begin()
    }
    return current
  }

  /** The living instance, or a fresh one after a fault. */
  #current(): Instance {
    if (this.#closed) throw errors.PLUGIN_CLOSED({ name: this.name })
    if (this.#instance === undefined || this.#instance.poisoned !== null) {
      this.#targets = []
      this.#instance = this.#parts.instantiate()
    }
    return this.#instance
  }
}
