import { Ending, type EndSignal, onEnd } from '../ending.js'
import { errors } from '../errors/index.js'

/** One signal for everything that can end a call early: aborted with the `PluginError` that the call fails with. */
export interface Deadline {
  readonly signal: EndSignal
  /** To be called when the call is over. */
  stop(): void
}

export interface CallTime {
  readonly timeoutMs: number
  /** When the call began, by `performance.now()`. */
  readonly started: number
}

/**
 * The deadlines of a plugin's calls: one timer for all, which is set to the next of them when it fires and not whenever a
 * call begins or ends. Closing ends them all.
 */
export class Deadlines {
  readonly #calls = new Set<RunningCall>()
  readonly #closing: EndSignal
  readonly #closed: () => Error
  #timer: ReturnType<typeof setTimeout> | undefined
  /** When it fires, by `performance.now()`. */
  #fires = Number.POSITIVE_INFINITY

  /** @param closed what a call fails with when `closing` is aborted: an error of its own, since it will name the call */
  constructor(closing: EndSignal, closed: () => Error) {
    this.#closing = closing
    this.#closed = closed
    onEnd(closing, () => {
      this.#set(Number.POSITIVE_INFINITY)
      for (const call of this.#calls) call.abort(closed())
    })
  }

  start(time: CallTime, signal: EndSignal | undefined): Deadline {
    const call = new RunningCall(time, this.#calls)
    if (this.#closing.aborted) call.abort(this.#closed())
    else if (performance.now() >= call.ends) call.late()
    else if (call.ends < this.#fires) this.#set(call.ends)
    if (signal !== undefined) call.follow(signal)
    return call
  }

  /** An idle plugin keeps no process alive, and a call keeps its thread. */
  #set(fires: number): void {
    clearTimeout(this.#timer)
    this.#fires = fires
    if (fires === Number.POSITIVE_INFINITY) return
    const timer: unknown = setTimeout(() => this.#fire(), Math.max(1, Math.ceil(fires - performance.now())))
    this.#timer = timer as ReturnType<typeof setTimeout>
    if (typeof timer === 'object') (timer as { unref?(): void }).unref?.()
  }

  #fire(): void {
    const now = performance.now()
    let next = Number.POSITIVE_INFINITY
    for (const call of this.#calls) {
      if (call.ends <= now) call.late()
      else next = Math.min(next, call.ends)
    }
    this.#set(next)
  }
}

class RunningCall extends Ending implements Deadline {
  readonly ends: number
  readonly #timeoutMs: number
  readonly #all: Set<RunningCall>
  #off: (() => void) | undefined

  constructor({ timeoutMs, started }: CallTime, all: Set<RunningCall>) {
    super()
    this.#timeoutMs = timeoutMs
    this.ends = started + timeoutMs
    this.#all = all
    all.add(this)
  }

  get signal(): EndSignal {
    return this
  }

  follow(signal: EndSignal): void {
    const abort = () => this.abort(errors.CALL_ABORTED({}, signal.reason))
    if (signal.aborted) abort()
    else this.#off = onEnd(signal, abort)
  }

  late(): void {
    this.abort(errors.DEADLINE_EXCEEDED({ timeoutMs: this.#timeoutMs }))
  }

  stop(): void {
    this.#all.delete(this)
    this.#off?.()
  }
}
