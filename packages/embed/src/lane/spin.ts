import { later } from '../later.js'

/** Microseconds that one call may wait for its answer before the application's thread goes on. */
const SPIN_US = 15

/** Microseconds that all calls of one turn of the event loop may wait so. */
const TURN_US = 150

/** Left in this turn; undefined where nobody has waited in it. */
let left: number | undefined

/**
 * Whether waiting in place pays, learned from the calls of one function: an answer that comes while it is waited for costs
 * a fraction of one that the thread has to be woken for, and waiting in vain costs all that was waited.
 */
export class Spin {
  #score = HALF
  #skipped = 0

  /** Looks again and again whether it `isOver`, for as long as that pays. */
  until(isOver: () => boolean): boolean {
    const us = this.#budget()
    if (us <= 0) return isOver()
    const began = performance.now()
    const over = wait(isOver, began + us / 1e3)
    left = (left as number) - (performance.now() - began) * 1e3
    this.#score = over ? Math.min(this.#score + 2, MOST) : Math.max(this.#score - 1, 0)
    return over
  }

  #budget(): number {
    if (this.#score === 0 && ++this.#skipped % TRY_AGAIN !== 0) return 0
    if (left === undefined) {
      left = TURN_US
      later(() => {
        left = undefined
      })
    }
    return Math.min(SPIN_US, left)
  }
}

const MOST = 16
const HALF = 8
/** One call of so many that do not wait does, to learn whether it pays by now. */
const TRY_AGAIN = 64

/** The clock costs as much as many looks. */
const LOOKS = 32

function wait(isOver: () => boolean, until: number): boolean {
  do {
    for (let i = 0; i < LOOKS; i++) if (isOver()) return true
  } while (performance.now() < until)
  return isOver()
}
