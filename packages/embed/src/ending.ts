import { onAbort } from './on-abort.js'

/** What may end something early: an `AbortSignal`, or one of ours. */
export interface EndSignal {
  readonly aborted: boolean
  readonly reason: unknown
  throwIfAborted(): void
}

/**
 * A controller with its signal in one, for what begins and ends with each call: those of the platform cost ten times what
 * a call does.
 */
export class Ending implements EndSignal {
  aborted = false
  reason: unknown = undefined
  #listeners: Set<() => void> | undefined

  abort(reason?: unknown): void {
    if (this.aborted) return
    this.aborted = true
    this.reason = reason
    const listeners = this.#listeners ?? []
    this.#listeners = undefined
    for (const listener of listeners) listener()
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason
  }

  /** Calls `listener` when it is aborted; the answer takes that back. */
  listen(listener: () => void): () => void {
    // The same function may be given twice.
    const entry = () => listener()
    this.#listeners ??= new Set()
    this.#listeners.add(entry)
    return () => void this.#listeners?.delete(entry)
  }
}

/** `onAbort` for either. */
export function onEnd(signal: EndSignal, listener: () => void): () => void {
  return signal instanceof Ending ? signal.listen(listener) : onAbort(signal as AbortSignal, listener)
}

/** What `work` comes to, or the reason of `signal` when that is aborted first, whatever `work` does then. */
export async function unlessAborted<T>(work: Promise<T>, signal: EndSignal): Promise<T> {
  let off = () => {}
  const ended = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    off = onEnd(signal, () => reject(signal.reason))
  })
  try {
    return await Promise.race([work, ended])
  } finally {
    off()
  }
}
