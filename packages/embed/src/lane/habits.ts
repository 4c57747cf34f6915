import { appSpin } from './app-spin.js'

/** Calls by message after one whose arguments did not fit. */
const SKIPPED = 16

/** What is learned of the calls of one function. */
export class Habits {
  readonly spin = appSpin()
  #skip = 0

  /** Whether the next call is to go by message: values that do not fit are written in vain. */
  skips(): boolean {
    if (this.#skip === 0) return false
    this.#skip--
    return true
  }

  /** Arguments did not fit. */
  misfitted(): void {
    this.#skip = SKIPPED
  }
}
