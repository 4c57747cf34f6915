import { turn } from '../turn.js'
import type { Held } from './plugin-resource.js'

/**
 * Resources of a plugin that nobody waits to be rid of. A plugin may have given out any number of them, and the collector
 * finds all at once: they go one after the other, in turns, so that neither the application nor the queue of calls is
 * flooded.
 */
export class DropQueue {
  readonly #drop: (held: Held) => Promise<void> | void
  readonly #waiting = new Set<Held>()

  constructor(drop: (held: Held) => Promise<void> | void) {
    this.#drop = drop
  }

  /** From now on it is dropped for the application. */
  add(held: Held): void {
    if (held.gone !== null) return
    this.#waiting.add({ ...held })
    held.gone = 'dropped'
    if (this.#waiting.size === 1) void this.#run()
  }

  async #run(): Promise<void> {
    // What is added meanwhile is visited too.
    for (const held of this.#waiting) {
      await turn()
      try {
        await this.#drop(held)
      } catch {
        // A fault of the plugin, which has its own event.
      }
      this.#waiting.delete(held)
    }
  }
}
