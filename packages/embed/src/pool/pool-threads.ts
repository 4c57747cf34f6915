import type { Slot } from './slot.js'

/** Milliseconds that closing waits for threads to end: a thousand times what they take. */
const ENDING_MS = 5_000

/** The threads of a pool that were started and are not gone yet, those without a slot included. */
export class PoolThreads {
  readonly #threads = new Set<Slot>()
  readonly #watchers = new Set<(thread: Slot) => void>()

  get all(): ReadonlySet<Slot> {
    return this.#threads
  }

  /** @param onGone called when it has ended */
  add(slot: Slot, onGone: () => void): void {
    this.#threads.add(slot)
    for (const visit of this.#watchers) visit(slot)
    void slot.gone.then(() => {
      this.#threads.delete(slot)
      onGone()
    })
  }

  /** Calls back with each that is added until the answer is called. */
  watch(visit: (thread: Slot) => void): () => void {
    this.#watchers.add(visit)
    return () => this.#watchers.delete(visit)
  }

  /** Waits until all are gone; answers with the number of those that go on, which nobody waits for any more. */
  async allGone(): Promise<number> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ENDING_MS)
    })
    await Promise.race([Promise.all([...this.#threads].map(({ gone }) => gone)), late])
    clearTimeout(timer)
    for (const slot of this.#threads) slot.abandon()
    return this.#threads.size
  }
}
