import { type EndSignal, onEnd } from '../ending.js'
import { PluginError } from '../errors/plugin-error.js'
import type { AsyncContext } from '../ports.js'
import { callingRun, type HostRun } from './host-run.js'

/** A call that a thread has and has not answered. */
interface Running {
  /** What made it. */
  readonly caller: HostRun | undefined
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
  /** It is known what comes of it, and not yet where. */
  hasFailed: boolean
}

/** Milliseconds beyond its deadline in which the thread of a call that has failed may find out where. */
const FINDING_MS = 2_000

export interface RunningOwner {
  readonly runs: AsyncContext
  /** There is a first call, or none any more. */
  rest(isResting: boolean): void
  /** Ends a call that must not go on. */
  stop(id: number, reason: unknown): void
}

/** The calls that one thread has and has not answered, by their ids. */
export class RunningCalls {
  readonly #owner: RunningOwner
  readonly #calls = new Map<number, Running>()

  constructor(owner: RunningOwner) {
    this.#owner = owner
  }

  /** What made a call; undefined where it is not known yet, or any more. */
  find(id: number): { readonly caller: HostRun | undefined } | undefined {
    return this.#calls.get(id)
  }

  /** The plugin has failed in a call: its deadline has nothing of it to end. */
  failed(id: number): void {
    const call = this.#calls.get(id)
    if (call !== undefined) call.hasFailed = true
  }

  resolve(id: number, value: unknown): void {
    this.#calls.get(id)?.resolve(value)
  }

  reject(id: number, error: unknown): void {
    this.#calls.get(id)?.reject(error)
  }

  rejectAll(reason: unknown): void {
    for (const { reject } of this.#calls.values()) reject(reason)
  }

  /** Waits for the outcome of a call, which `begin` begins. */
  async outcome(id: number, signal: EndSignal, begin: () => void): Promise<unknown> {
    if (signal.aborted) throw signal.reason
    const caller = callingRun(this.#owner.runs)
    this.#owner.rest(false)
    let timer: ReturnType<typeof setTimeout> | undefined
    const off = onEnd(signal, () => {
      const stop = () => this.#owner.stop(id, signal.reason)
      const mayBeLate = this.#calls.get(id)?.hasFailed && PluginError.is(signal.reason, 'DEADLINE_EXCEEDED')
      if (mayBeLate) timer = setTimeout(stop, FINDING_MS)
      else stop()
    })
    try {
      const value = await new Promise((resolve, reject) => {
        this.#calls.set(id, { caller, resolve, reject, hasFailed: false })
        begin()
      })
      // Answers that come together are heard of one after the other, and who hears of one may abort the next.
      signal.throwIfAborted()
      return value
    } finally {
      off()
      clearTimeout(timer)
      this.#calls.delete(id)
      if (this.#calls.size === 0) this.#owner.rest(true)
    }
  }
}
