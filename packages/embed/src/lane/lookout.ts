import type { AppAnswers } from './app-answers.js'
import { appSpin } from './app-spin.js'
import { type LaneMemory, word } from './memory.js'

/** Milliseconds after which a question that was not looked for came late. */
const SOON_MS = 0.1

/** How the application's thread looks for what comes by one lane. */
export class Lookout {
  readonly #memory: LaneMemory
  readonly #answers: AppAnswers
  /** For what is not of one function. */
  readonly #watching = appSpin()
  /** When it stopped looking for something. */
  #lookedAt = 0
  #isClosed = false

  constructor(memory: LaneMemory, answers: AppAnswers) {
    this.#memory = memory
    this.#answers = answers
  }

  /** Looks until it `isOver`, or the plugin asks for something that comes by message; answers functions meanwhile. */
  until(isOver: () => boolean, spin = this.#watching): boolean {
    const { words } = this.#memory
    if (this.#answers.isLate) return isOver()
    const asked = Atomics.load(words, word.asked)
    const over = this.#answers.during(
      spin,
      () => isOver() || Atomics.load(words, word.asked) !== asked || this.#isClosed,
    )
    this.#lookedAt = performance.now()
    return over
  }

  /** Answers a question that came when nobody looked. */
  answer(): void {
    if (!this.#answers.isAsked) return
    if (performance.now() - this.#lookedAt < SOON_MS) this.#watching.missed()
    this.#answers.answer()
  }

  /** Nothing comes any more. */
  close(): void {
    this.#isClosed = true
  }
}
