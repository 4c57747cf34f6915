/** Milliseconds that a connection which is being made has left once no call waits for it. */
const IDLE_MS = 1_000

/**
 * The connections of one thread that are being made, names that are being looked up included. Node keeps a process alive for
 * as long as that takes, whatever is unreferenced, and a plugin that is idle must not: so those have less time then.
 */
export class Connecting {
  readonly #giveUps = new Set<() => void>()
  #timer: NodeJS.Timeout | undefined

  /** `giveUp` ends it; the answer is to be called when it is made, or has failed. */
  add(giveUp: () => void): () => void {
    const entry = () => giveUp()
    this.#giveUps.add(entry)
    return () => void this.#giveUps.delete(entry)
  }

  /** The thread waits for a call. */
  idle(): void {
    if (this.#giveUps.size === 0) return
    this.#timer ??= setTimeout(() => {
      for (const giveUp of [...this.#giveUps]) giveUp()
    }, IDLE_MS).unref()
  }

  /** The thread runs one. */
  busy(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
