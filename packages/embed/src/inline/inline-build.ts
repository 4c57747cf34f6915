import type { Instance } from '@wasm-plugin/runtime'
import { DISPOSE } from '@wasm-plugin/runtime/internal'
import type { AcceptedRequest } from '@wasm-plugin/wasi/instance'
import type { FinishedCall } from '../call/call.js'
import type { ExportedFunction } from '../contract/contract.js'
import { exportTarget } from '../contract/export-target.js'
import { errors } from '../errors/index.js'
import { named } from '../errors/named.js'
import { PluginError } from '../errors/plugin-error.js'
import type { IncomingExchange } from '../http/incoming-exchange.js'
import type { Build } from '../loaded-plugin.js'
import type { Profiled } from '../profile/profiled.js'
import { ResourceClasses } from '../resource/classes.js'
import { type Held, placeOf } from '../resource/plugin-resource.js'
import type { Breaker } from '../restart/breaker.js'
import { Totals } from '../stats/index.js'
import type { RunningBuild } from '../update/builds.js'
import { InlineResources } from './inline-resources.js'
import type { Outings } from './outings.js'

export interface InlineParts extends Build {
  readonly plugin: string
  /** Set when a plugin that keeps failing is suspended. */
  readonly breaker: Breaker | undefined
  readonly profiled: Profiled
  /** Units of fuel that every call gets. */
  readonly fuel: number
  readonly outings: Outings
  /** A fresh instance with fresh imports; closes what the one before left open. */
  readonly instantiate: () => Instance
  /** Gives the instance a request, whose exchange gets the answer. */
  readonly accept: (exchange: IncomingExchange) => AcceptedRequest
  /** What came out of a call, with what is known of where it came from. */
  readonly explain: (error: unknown) => unknown
  /** Whether somebody listens to calls: they are timed and reported then. */
  readonly isObserved: () => boolean
  readonly trace: Trace | undefined
  readonly onCall: (call: FinishedCall) => void
  /** Ids of calls, unique in the host. */
  readonly nextId: () => number
  readonly onFault: (call: number, target: string, error: PluginError) => void
  readonly warn: (text: string) => void
  readonly release: () => Promise<void>
}

/** Runs a call so that it is traced. */
export type Trace = <T>(target: string, run: () => T) => T

export type Exported = (...args: unknown[]) => unknown

/** A component that runs as a plugin in the application's own thread. An update puts another in its place. */
export class InlineBuild implements RunningBuild {
  readonly shown: Build
  readonly breaker: Breaker | undefined
  readonly classes: ResourceClasses
  readonly profiled: Profiled
  /** In which every build of a plugin counts. */
  totals = new Totals()
  /** Told of every failure, once it is counted. */
  onFailure: (error: PluginError) => void = () => {}

  /** Set where calls are traced. */
  readonly trace: Trace | undefined

  readonly #parts: InlineParts
  readonly #resources: InlineResources
  #instance: Instance | undefined
  /** Functions of the instance that pass resources, by their indices in the contract. */
  #targets: Exported[] = []
  /** What has to be asked before a call enters, now that it is closed or may be suspended. */
  #guard: (() => void) | undefined
  /** Requests that the instance was given. */
  #handled = 0
  /** Whether it was given anything. */
  #isUsed = false
  #isReplaced = false
  #maxMemoryBytes = 0
  #closed: Promise<void> | undefined

  /** @throws the codes of a plugin that fails to start */
  constructor(parts: InlineParts) {
    this.#parts = parts
    this.shown = parts
    this.breaker = parts.breaker
    this.profiled = parts.profiled
    this.trace = parts.trace
    this.#instance = parts.instantiate()
    this.classes = new ResourceClasses(parts.contract, parts.warn)
    this.#resources = new InlineResources(parts.contract.origins, this.classes)
    this.classes.connect({
      isInline: true,
      call: (func, args) => this.callWithResources(func, args),
      drop: (held) => this.#drop(held),
    })
  }

  /** The instance that runs a call of `target` which begins now. @throws {PLUGIN_CLOSED} and those of a plugin that fails to start */
  enter(target: string): Instance {
    const current = this.#current(target)
    // A host function that calls back must not fill up the call that it was called by.
    if (!current.busy) {
      this.#isUsed = true
      current.fuel?.refill(this.#parts.fuel)
      this.#parts.outings.begin()
    }
    return current
  }

  /** Bytes of the linear memories of its instance. */
  get memoryBytes(): number {
    const bytes = this.#instance?.memoryBytes ?? 0
    this.#maxMemoryBytes = Math.max(this.#maxMemoryBytes, bytes)
    return bytes
  }

  /** The most that it was, of what was looked at. */
  get maxMemoryBytes(): number {
    return Math.max(this.#maxMemoryBytes, this.memoryBytes)
  }

  /** When the call began, in milliseconds of `performance.now`; 0 when nobody wants to know. */
  start(): number {
    this.totals.calls++
    return this.#parts.isObserved() ? performance.now() : 0
  }

  done(target: string, started: number, id = this.#parts.nextId(), error?: PluginError): void {
    const durationMs = performance.now() - started
    this.totals.took(durationMs)
    this.#parts.onCall({ id, export: target, durationMs, waitedMs: 0, error })
  }

  fail(thrown: unknown, target: string, started: number): never {
    const { plugin, explain, nextId, onFault } = this.#parts
    const error = named(explain(thrown), plugin, target)
    const failure = PluginError.is(error) ? error : undefined
    if (failure !== undefined) this.totals.failed(failure.code)
    const id = nextId()
    if (started !== 0) this.done(target, started, id, failure)
    // Where there is none, none could be started.
    const isOver = this.#instance === undefined || this.#instance.poisoned
    if (failure !== undefined && isOver) onFault(id, target, failure)
    if (failure !== undefined) this.#failed(failure)
    throw error
  }

  callWithResources(func: ExportedFunction, args: readonly unknown[]): unknown {
    if (this.trace === undefined) return this.#callWithResources(func, args)
    return this.trace(func.name, () => this.#callWithResources(func, args))
  }

  /**
   * Has a request answered, into its exchange.
   *
   * @throws whatever a call does, and {HTTP_NO_RESPONSE} {HTTP_REFUSED} {HTTP_RESPONSE_INCOMPLETE}
   */
  handle(func: ExportedFunction, exchange: IncomingExchange, reuse: number): void {
    if (this.trace === undefined) this.#handle(func, exchange, reuse)
    else this.trace(func.name, () => this.#handle(func, exchange, reuse))
  }

  /** The next call gets an instance of its own, unless one is running. */
  renew(): void {
    if (this.#instance?.busy === false) this.#instance = undefined
  }

  replaced(): void {
    this.#isReplaced = true
  }

  /** Nothing is inside of it between two calls. */
  async drain(): Promise<void> {}

  close(): Promise<void> {
    this.#instance = undefined
    this.#guard = () => {
      const name = this.#parts.plugin
      throw this.#isReplaced ? errors.PLUGIN_REPLACED({ name }) : errors.PLUGIN_CLOSED({ name })
    }
    this.#closed ??= this.#parts.release()
    return this.#closed
  }

  #callWithResources(func: ExportedFunction, args: readonly unknown[]): unknown {
    const instance = this.enter(func.name)
    this.#targets[func.index] ??= exportTarget(instance.exports, func)
    const target = this.#targets[func.index] as Exported
    const started = this.start()
    try {
      const value = this.#resources.call(instance, func.handles, { target, args })
      if (started !== 0) this.done(func.name, started)
      return value
    } catch (error) {
      return this.fail(error, func.name, started)
    }
  }

  #handle(func: ExportedFunction, exchange: IncomingExchange, reuse: number): void {
    // An instance that has had as many is of requests that asked for more, and one that was called has a state.
    if (this.#handled >= reuse || (this.#isUsed && reuse === 1)) this.renew()
    const instance = this.enter(func.name)
    this.#targets[func.index] ??= exportTarget(instance.exports, func)
    const target = this.#targets[func.index] as Exported
    const started = this.start()
    const isLast = ++this.#handled >= reuse
    try {
      const { args, end } = this.#parts.accept(exchange)
      try {
        target(...args)
      } finally {
        end()
      }
      exchange.done()
      if (started !== 0) this.done(func.name, started)
    } catch (error) {
      this.fail(error, func.name, started)
    } finally {
      if (isLast) this.renew()
    }
  }

  #failed(failure: PluginError): void {
    this.onFailure(failure)
    const { breaker, plugin } = this.#parts
    breaker?.done(failure)
    if (breaker === undefined || breaker.isClosed || this.#closed !== undefined) return
    let isTrying = false
    this.#guard = () => {
      const retryMs = breaker.refusesFor()
      // A call is over when the next one begins: the one that was let in has not failed.
      if (retryMs === 0 && isTrying) breaker.done(undefined)
      else if (retryMs !== undefined) throw named(errors.PLUGIN_SUSPENDED({ name: plugin, retryMs }), plugin)
      isTrying = true
      if (breaker.isClosed) this.#guard = undefined
      else breaker.enter()
    }
  }

  #drop(held: Held): void {
    if (held.gone !== null) return
    held.gone = 'dropped'
    // With its instance, the resource has gone too.
    const place = placeOf(held)
    const instance = this.#instance
    if (instance === undefined || place === undefined || place.home !== instance || instance.poisoned) return
    this.enter(`[resource-drop]${held.resource}`)
    const object = place.value as Disposable
    try {
      object[DISPOSE]()
    } catch (error) {
      this.fail(error, `[resource-drop]${held.resource}`, 0)
    }
  }

  /** The living instance, or a fresh one after a fault. */
  #current(target: string): Instance {
    this.#guard?.()
    if (this.#instance === undefined || this.#instance.poisoned !== null)
      this.#instance = this.#restart(target)
    return this.#instance
  }

  /** A fresh instance; that it does not start is a failure of the call which it is started for. */
  #restart(target: string): Instance {
    this.#targets = []
    this.#handled = 0
    this.#isUsed = false
    this.#maxMemoryBytes = this.maxMemoryBytes
    try {
      return this.#parts.instantiate()
    } catch (error) {
      return this.fail(error, target, this.start())
    }
  }
}
