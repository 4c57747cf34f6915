/**
 * Whether to look for something before it is slept for, learned from how that went. Where the other side has no processor
 * while this one looks, looking only delays it: then it is tried more and more rarely.
 */
export class Habit {
  #score = HALF
  /** Chances that are to pass before it is tried again, and those that have. */
  #pause = 1
  #passed = 0

  get looks(): boolean {
    return this.#score > 0
  }

  /** It was given up, and this is the look that says whether to go on. */
  get isTrial(): boolean {
    return this.looks && this.#pause > 1
  }

  /** What was looked for came. */
  paid(): void {
    this.#score = Math.min(this.#score + PAID, MOST)
    this.#pause = 1
  }

  /** It did not come while it was looked for. */
  lost(weight = 1): void {
    if (this.#score === 0) return
    this.#score = Math.max(this.#score - weight, 0)
    if (this.#score > 0) return
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE)
    this.#passed = 0
  }

  /** It was not looked for, and came so soon that looking might have paid. */
  missed(): void {
    if (this.#score === 0 && ++this.#passed >= this.#pause) this.#score = 1
  }
}

const PAID = 2
const MOST = 16
const HALF = 8
const LONGEST_PAUSE = 32
