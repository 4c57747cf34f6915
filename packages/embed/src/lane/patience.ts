import { Habit } from './habit.js'
import { pause } from './pause.js'

/** Microseconds that a thread looks for what comes next while others do so too. */
const SHORT_US = 30

/** And where it is alone: an application that was not looking has been woken by then, and has gone on to its next call. */
const LONG_US = 200

/** And where it tries again: on one processor with the application, it delays it for all of that. */
const TRIAL_US = 60

/** What comes so soon after it was given up was held up by being looked for. */
const HELD_UP_US = 100

/**
 * How long a thread looks for what comes next before it sleeps. Waking it takes ten microseconds of the other side, and up to
 * a hundred until it runs. Calls come in runs: the pause behind one says little about the next one, and what is asked for
 * the second time so soon after it was answered is worth looking for, also where it was slept for.
 */
export class Patience {
  readonly #isAlone: () => boolean
  readonly #habit = new Habit()
  #began = 0
  /** When it stopped looking; undefined where it did not look. */
  #gaveUp: number | undefined

  constructor(isAlone: () => boolean) {
    this.#isAlone = isAlone
  }

  /** Looks again and again whether it `isOver`; false where it is to be slept for. */
  until(isOver: () => boolean): boolean {
    if (isOver()) return true
    this.#began = performance.now()
    this.#gaveUp = undefined
    if (!this.#habit.looks) return false
    const over = this.#look(isOver)
    if (over) this.#habit.paid()
    return over
  }

  /** What was slept for is there. */
  woken(): void {
    const now = performance.now()
    if (this.#gaveUp === undefined) {
      if ((now - this.#began) * 1e3 <= LONG_US) this.#habit.missed()
    } else this.#habit.lost((now - this.#gaveUp) * 1e3 <= HELD_UP_US ? HELD_UP : 1)
  }

  #look(isOver: () => boolean): boolean {
    const short = this.#began + SHORT_US / 1e3
    const long = this.#began + (this.#habit.isTrial ? TRIAL_US : LONG_US) / 1e3
    for (;;) {
      for (let i = 0; i < LOOKS; i++) {
        if (isOver()) return true
        pause()
      }
      const now = performance.now()
      if (now < short || (now < long && this.#isAlone())) continue
      this.#gaveUp = now
      return isOver()
    }
  }
}

/** Times as bad as to have looked during a pause. */
const HELD_UP = 4

/** The clock costs as much as many looks. */
const LOOKS = 32
