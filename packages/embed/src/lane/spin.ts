import { later } from '../later.js'

/**
 * Whether waiting in place pays, learned from how it went before: what comes while it is looked for costs a fraction of
 * what somebody has to be woken for, and looking in vain costs all that was looked.
 */
export class Spin {
  readonly #us: number
  readonly #budget: TurnBudget | undefined
  #score = HALF
  #skipped = 0
  /** When it began to look, and when it stops. */
  #began = 0
  #end = 0
  #isSpent = false

  /**
   * @param us microseconds to look, at most
   * @param budget for a thread that has other things to do
   */
  constructor(us: number, budget?: TurnBudget) {
    this.#us = us
    this.#budget = budget
  }

  /** Looks again and again whether it `isOver`, for as long as that pays. */
  until(isOver: () => boolean): boolean {
    if (this.#score === 0 && ++this.#skipped % TRY_AGAIN !== 0) return isOver()
    const left = this.#budget?.left ?? this.#us
    if (left <= 0) return isOver()
    this.#began = performance.now()
    this.#end = this.#began + Math.min(this.#us, left) / 1e3
    const over = this.#look(isOver)
    this.#budget?.spend((performance.now() - this.#began) * 1e3)
    this.#score = over ? Math.min(this.#score + 2, MOST) : Math.max(this.#score - 1, 0)
    return over
  }

  /** To be called by `isOver` where something else came of looking: it may go on as long as ever, within the budget. */
  extend(): void {
    const now = performance.now()
    this.#end = now + this.#us / 1e3
    if (this.#budget === undefined) return
    this.#end = Math.min(this.#end, this.#began + this.#budget.left / 1e3)
    this.#isSpent = now >= this.#end
  }

  #look(isOver: () => boolean): boolean {
    this.#isSpent = false
    do {
      for (let i = 0; i < LOOKS; i++) {
        if (isOver()) return true
        if (this.#isSpent) return false
      }
    } while (performance.now() < this.#end)
    return isOver()
  }
}

const MOST = 16
const HALF = 8
/** One time of so many that do not look does, to learn whether it pays by now. */
const TRY_AGAIN = 64

/** The clock costs as much as many looks. */
const LOOKS = 32

/** Microseconds for all that is looked for in one turn of the event loop. */
export class TurnBudget {
  readonly #us: number
  #left: number | undefined

  constructor(us: number) {
    this.#us = us
  }

  get left(): number {
    return this.#left ?? this.#us
  }

  spend(us: number): void {
    if (this.#left === undefined) {
      this.#left = this.#us
      later(() => {
        this.#left = undefined
      })
    }
    this.#left -= us
  }
}
