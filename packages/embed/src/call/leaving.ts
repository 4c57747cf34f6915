import { Ending, type EndSignal } from '../ending.js'

/** Milliseconds that a plugin may go on that nobody waits for: its next use of what it was given fails. */
const GRACE_MS = 100

/** Ends a call whose client leaves. Its plugin gets a moment to end by itself, because another thread costs more than that. */
export class Leaving {
  readonly #ending = new Ending()
  readonly #reason: () => unknown
  #isInside = false
  #timer: ReturnType<typeof setTimeout> | undefined

  /** @param reason why it left, once it has */
  constructor(reason: () => unknown) {
    this.#reason = reason
  }

  /** Aborted when the call is to end. */
  get signal(): EndSignal {
    return this.#ending
  }

  /** The call has an instance from now on. */
  enter(): void {
    this.#isInside = true
  }

  readonly leave = (): void => {
    if (this.#isInside) this.#timer = setTimeout(() => this.#end(), GRACE_MS)
    else this.#end()
  }

  /** The call is over. */
  over(): void {
    clearTimeout(this.#timer)
  }

  #end(): void {
    this.#ending.abort(this.#reason())
  }
}
