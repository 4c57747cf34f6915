import { errors } from '../errors/index.js'

/**
 * The deadline of calls in the application's thread. Fuel bounds what a plugin computes there, and nothing bounds what a
 * file system or a function of the application takes for it: so the clock is looked at whenever the plugin calls out,
 * from the first time in a call, and a call that never does costs nothing. So does what has to follow a call.
 */
export class Outings {
  readonly #timeoutMs: number
  /** Milliseconds of `performance.now`; 0 before the first time. */
  #first = 0
  /** Whether the end of the turn is waited for, in which every call that it has seen so far is over. */
  #ending = false
  readonly #onEnd: () => void
  /** Calls that took less time than a look. */
  #quick = 0

  /** @param onEnd hears that a call has ended that called out, at the latest before the next one */
  constructor(timeoutMs: number, onEnd: () => void) {
    this.#timeoutMs = timeoutMs
    this.#onEnd = onEnd
  }

  /** A call begins. */
  begin(): void {
    if (this.#first !== 0) this.#end()
  }

  /** @throws {DEADLINE_EXCEEDED} */
  readonly check = (isQuick = false): void => {
    if (isQuick && ++this.#quick % QUICK_CALLS !== 0) return
    const now = performance.now()
    if (this.#first === 0) this.#enter(now)
    else if (now - this.#first > this.#timeoutMs)
      throw errors.DEADLINE_EXCEEDED({ timeoutMs: this.#timeoutMs })
  }

  #enter(now: number): void {
    this.#first = now
    if (this.#ending) return
    this.#ending = true
    queueMicrotask(() => {
      this.#ending = false
      this.#end()
    })
  }

  #end(): void {
    this.#first = 0
    this.#onEnd()
  }
}

/** Calls of functions that are quick after which the clock is looked at: a few microseconds of them. */
const QUICK_CALLS = 32
