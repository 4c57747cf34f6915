import { isOwnFault } from '../contract/fault.js'
import type { PluginError } from '../errors/plugin-error.js'
import type { RollbackOptions } from '../options/update.js'

/** What a build did while it was watched. */
export interface Watched {
  readonly calls: number
  readonly faults: number
}

/** Watches a build that has just taken over, until it fails too often or the time is over. */
export class RollbackWatch {
  readonly #options: RollbackOptions
  readonly #onFailed: (watched: Watched) => void
  readonly #timer: ReturnType<typeof setTimeout>
  #calls = 0
  #faults = 0
  #isOver = false

  constructor(
    options: RollbackOptions,
    { onFailed, onProven }: { onFailed: (watched: Watched) => void; onProven: () => void },
  ) {
    this.#options = options
    this.#onFailed = onFailed
    this.#timer = setTimeout(() => {
      this.stop()
      onProven()
    }, options.windowMs)
    // Where timers keep a process alive, this one must not.
    ;(this.#timer as { unref?: () => void }).unref?.()
  }

  /** Takes calls in that are over, the last of which failed with `error` if that is given. */
  count(calls: number, error: PluginError | undefined): void {
    if (this.#isOver) return
    this.#calls += calls
    // What is wrong with a call itself is no fault of the build.
    if (error === undefined || !isOwnFault(error)) return
    this.#faults++
    const { calls: least, faults } = this.#options
    if (this.#calls >= least && this.#faults / this.#calls > faults) this.fail()
  }

  /** It failed, however many calls there were. */
  fail(): void {
    if (this.#isOver) return
    this.stop()
    this.#onFailed({ calls: this.#calls, faults: this.#faults })
  }

  stop(): void {
    this.#isOver = true
    clearTimeout(this.#timer)
  }
}
