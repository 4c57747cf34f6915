import { type CallContext, type FinishedCall, runCall, runDrop } from '../call/call.js'
import { Deadlines } from '../call/deadline.js'
import type { ExportedFunction } from '../contract/contract.js'
import { Ending } from '../ending.js'
import { errors } from '../errors/index.js'
import type { Build } from '../loaded-plugin.js'
import type { Profiled } from '../profile/profiled.js'
import type { ResourceClasses } from '../resource/classes.js'
import type { Breaker } from '../restart/breaker.js'
import type { RunningBuild } from './builds.js'

export interface ThreadBuildParts extends Build {
  readonly plugin: string
  readonly classes: ResourceClasses
  readonly context: Omit<
    CallContext,
    'plugin' | 'closing' | 'closed' | 'deadlines' | 'refusal' | 'suspension'
  >
  /** Set when a plugin that keeps failing is suspended. */
  readonly breaker: Breaker | undefined
  readonly profiled: Profiled
  /** Called when its threads have ended, with the number of those that go on all the same. */
  readonly release: (unending: number) => Promise<void>
}

/** A component that runs as a plugin, in threads of its own. An update puts another in its place. */
export class ThreadBuild implements RunningBuild {
  readonly shown: Build
  readonly context: CallContext
  readonly classes: ResourceClasses
  readonly profiled: Profiled
  /** Told of every call before the host is. */
  onCall: (call: FinishedCall) => void = () => {}

  readonly breaker: Breaker | undefined
  readonly #release: ThreadBuildParts['release']
  readonly #closing = new Ending()
  #admits = true
  #isReplaced = false
  /** Calls that entered and are not over. */
  #inside = 0
  #onEmpty: (() => void) | undefined
  #closed: Promise<void> | undefined

  constructor({ plugin, classes, context, breaker, profiled, release, ...shown }: ThreadBuildParts) {
    this.shown = shown
    this.classes = classes
    this.breaker = breaker
    this.profiled = profiled
    this.#release = release
    const closed = () =>
      this.#isReplaced ? errors.PLUGIN_REPLACED({ name: plugin }) : errors.PLUGIN_CLOSED({ name: plugin })
    if (breaker !== undefined)
      breaker.onOpened = () => this.context.pool.refuse(() => this.#suspension() ?? closed())
    this.context = {
      ...context,
      plugin,
      closing: this.#closing,
      closed,
      deadlines: new Deadlines(this.#closing, closed),
      suspension: () => this.#suspension(),
      refusal: () => (this.#admits ? this.#suspension() : closed()),
      onEnter: (call) => {
        this.#inside++
        breaker?.enter()
        context.onEnter(call)
      },
      onCall: (call) => {
        this.onCall(call)
        context.onCall(call)
        breaker?.done(call.error)
        if (--this.#inside === 0) this.#onEmpty?.()
      },
    }
    const call = (func: ExportedFunction, args: readonly unknown[]) =>
      runCall(this.context, func, { args, options: {} })
    classes.connect({ isInline: false, call, drop: (held) => runDrop(this.context, held) })
  }

  /** Whether the application is in a function that a call of this build waits for. */
  isCalling(): boolean {
    return this.context.pool.isCalling()
  }

  /** Whether calls are refused because it kept failing. */
  get isSuspended(): boolean {
    return this.breaker?.refusesFor() !== undefined
  }

  replaced(): void {
    this.#isReplaced = true
  }

  /** Takes no more calls. Resolves when those that run or wait are over, or after `ms`; each has a deadline of its own. */
  async drain(ms?: number): Promise<void> {
    this.#admits = false
    if (this.#inside > 0) await this.#empty(ms)
  }

  /** Resolves when no call is inside, which may be made all the same. */
  async rest(): Promise<void> {
    if (this.#inside > 0) await this.#empty()
  }

  /** Ends its threads, and the calls in them. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  #suspension(): Error | undefined {
    const retryMs = this.breaker?.refusesFor()
    return retryMs === undefined ? undefined : errors.PLUGIN_SUSPENDED({ name: this.context.plugin, retryMs })
  }

  #empty(ms?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms)
      const before = this.#onEmpty
      this.#onEmpty = () => {
        clearTimeout(timer)
        before?.()
        this.#onEmpty = undefined
        resolve()
      }
    })
  }

  async #close(): Promise<void> {
    this.#admits = false
    this.#closing.abort()
    const unending = await this.context.pool.close(this.context.closed())
    await this.#release(unending)
  }
}
