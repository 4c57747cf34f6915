/** What is called when a signal is aborted, and our one listener that calls it. */
interface Listeners {
  readonly all: Set<() => void>
  readonly call: () => void
}

const listening = new WeakMap<AbortSignal, Listeners>()

/**
 * Calls `listener` when `signal` is aborted; the answer takes that back. However many there are, the signal has one
 * listener: an application may give one signal to any number of calls, and Node warns of a leak at the eleventh.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  const { all, call } = listening.get(signal) ?? listenTo(signal)
  // The same function may be given twice.
  const entry = () => listener()
  all.add(entry)
  return () => {
    if (!all.delete(entry) || all.size > 0) return
    // A signal with a listener is kept in memory for as long as what it follows may be aborted.
    listening.delete(signal)
    signal.removeEventListener('abort', call)
  }
}

function listenTo(signal: AbortSignal): Listeners {
  const all = new Set<() => void>()
  const call = () => {
    for (const listener of all) listener()
  }
  signal.addEventListener('abort', call, { once: true })
  const listeners = { all, call }
  listening.set(signal, listeners)
  return listeners
}

/** Without `Symbol.dispose`, which the contexts that test runners make on Node 20 do not have. */
export interface Follower {
  readonly signal: AbortSignal
  abort(reason: unknown): void
  /** To be called when it is over. */
  stop(): void
}

/** A signal that is aborted by the first of others, with the error that is made for that one. */
export function follow(others: readonly (readonly [AbortSignal | undefined, () => unknown])[]): Follower {
  const controller = new AbortController()
  const abort = (reason: unknown) => controller.abort(reason)
  const offs = others.map(([signal, reasonOf]) => {
    if (signal?.aborted && !controller.signal.aborted) abort(reasonOf())
    return signal && onAbort(signal, () => abort(reasonOf()))
  })
  return {
    signal: controller.signal,
    abort,
    stop() {
      for (const off of offs) off?.()
    },
  }
}
