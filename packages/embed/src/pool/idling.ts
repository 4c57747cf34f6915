import type { Leaving } from './leaving.js'
import type { Slot } from './slot.js'

/** Ends the instances of a plugin that nobody calls. */
export class Idling {
  readonly #ms: number
  readonly #slots: ReadonlySet<Slot>
  readonly #leaving: Leaving
  /** How often each was used when it was looked at last. */
  #uses = new Map<Slot, number>()
  #timer: ReturnType<typeof setTimeout> | undefined

  /** @param slots those of the pool */
  constructor(ms: number, slots: ReadonlySet<Slot>, leaving: Leaving) {
    this.#ms = ms
    this.#slots = slots
    this.#leaving = leaving
  }

  /** To be called when a slot has nothing to do. */
  start(): void {
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(() => this.#look(), this.#ms)
    // Where timers keep a process alive, this one must not.
    ;(this.#timer as { unref?: () => void }).unref?.()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  /** What was not used since the last look goes, so that it is idle for once to twice the time. */
  #look(): void {
    this.#timer = undefined
    const before = this.#uses
    this.#uses = new Map()
    for (const slot of this.#slots) {
      if (!slot.isDispensable) continue
      if (before.get(slot) === slot.uses) this.#leaving.end(slot, false)
      else this.#uses.set(slot, slot.uses)
    }
    if (this.#uses.size > 0) this.start()
  }
}
