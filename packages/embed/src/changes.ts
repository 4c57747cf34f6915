import { onAbort } from './on-abort.js'

/** Lets several waiters sleep until something about an object is as they want it. */
export class Changes {
  readonly #watchers = new Set<() => void>()

  /** Resolves as soon as `condition` holds after a `notify`, or `signal` is aborted; at once if so already. */
  until(condition: () => boolean, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!condition() && signal?.aborted !== true) return
        this.#watchers.delete(look)
        off?.()
        resolve()
      }
      this.#watchers.add(look)
      const off = signal && onAbort(signal, look)
      look()
    })
  }

  notify(): void {
    for (const look of [...this.#watchers]) look()
  }
}
