import { onAbort } from './on-abort.js'

/** Lets several waiters sleep until something about an object is as they want it. */
export class Changes {
  /** Of most objects nobody waits for anything. */
  #watchers: Set<() => void> | undefined

  /** Resolves as soon as `condition` holds after a `notify`, or `signal` is aborted; at once if so already. */
  until(condition: () => boolean, signal?: AbortSignal): Promise<void> {
    this.#watchers ??= new Set()
    const watchers = this.#watchers
    return new Promise((resolve) => {
      const look = () => {
        if (!condition() && signal?.aborted !== true) return
        watchers.delete(look)
        off?.()
        resolve()
      }
      watchers.add(look)
      const off = signal && onAbort(signal, look)
      look()
    })
  }

  notify(): void {
    if (this.#watchers !== undefined) for (const look of [...this.#watchers]) look()
  }
}
