import { errors } from '../errors/index.js'

/**
 * The deadline of calls in the application's thread. Fuel bounds what a plugin computes there, and nothing bounds what a
 * file system or a function of the application takes for it: so the clock is looked at whenever the plugin calls out,
 * from the first time in a call, and a call that never does costs nothing.
 */
export class Outings {
  readonly #timeoutMs: number
  /** Milliseconds of `performance.now`; 0 before the first time. */
  #first = 0

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  /** A call begins. */
  begin(): void {
    this.#first = 0
  }

  /** @throws {DEADLINE_EXCEEDED} */
  readonly check = (): void => {
    const now = performance.now()
    if (this.#first === 0) this.#first = now
    else if (now - this.#first > this.#timeoutMs)
      throw errors.DEADLINE_EXCEEDED({ timeoutMs: this.#timeoutMs })
  }
}
