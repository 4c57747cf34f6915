import { later } from '../later.js'
import { Habit } from './habit.js'
import { pause } from './pause.js'

/**
 * Whether waiting in place pays, learned from how it went before: what comes while it is looked for costs a fraction of
 * what somebody has to be woken for, and looking in vain costs all that was looked.
 */
export class Spin {
  readonly #us: number
  readonly #budget: TurnBudget
  readonly #habit = new Habit()
  /** When it began to look, and when it stops. */
  #began = 0
  #end = 0
  #isSpent = false
  #hasExtended = false
  /** It was looked for in vain, and nothing was heard of it since. */
  #isMissing = false
  /** It takes longer than is looked. */
  #isSlow = false

  /** @param us microseconds to look, at most */
  constructor(us: number, budget: TurnBudget) {
    this.#us = us
    this.#budget = budget
  }

  get pays(): boolean {
    return !this.#isSlow && this.#habit.looks && this.#budget.left > 0
  }

  /** Looks again and again whether it `isOver`, for as long as that `pays`. */
  until(isOver: () => boolean): boolean {
    if (!this.pays) return isOver()
    // It never came this way.
    if (this.#isMissing) this.#habit.lost()
    this.#isMissing = false
    this.#began = performance.now()
    this.#end = this.#began + Math.min(this.#us, this.#budget.left) / 1e3
    this.#hasExtended = false
    const over = this.#look(isOver)
    this.#budget.spend((performance.now() - this.#began) * 1e3)
    if (over || this.#hasExtended) this.#habit.paid()
    else this.#isMissing = true
    return over
  }

  /**
   * It came when nobody looked any more, and took so many microseconds where it was made. Code that runs for the first
   * thousands of times takes long and then less and less, so that alone does not speak against looking: it is looked for again
   * as soon as it might be in time.
   */
  came(us: number): void {
    const wasMissing = this.#isMissing
    this.#isMissing = false
    if (us >= this.#us) {
      if (wasMissing) this.#isSlow = true
      return
    }
    this.#isSlow = false
    if (wasMissing) this.#habit.lost()
    else this.#habit.missed()
  }

  /** What was not looked for came soon. */
  missed(): void {
    this.#habit.missed()
  }

  /** To be called by `isOver` where something else came of looking: it may go on as long as ever, within the budget. */
  extend(): void {
    const now = performance.now()
    this.#hasExtended = true
    this.#end = Math.min(now + this.#us / 1e3, this.#began + this.#budget.left / 1e3)
    this.#isSpent = now >= this.#end
  }

  #look(isOver: () => boolean): boolean {
    this.#isSpent = false
    do {
      for (let i = 0; i < LOOKS; i++) {
        if (isOver()) return true
        if (this.#isSpent) return false
        pause()
      }
    } while (performance.now() < this.#end)
    return isOver()
  }
}

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
