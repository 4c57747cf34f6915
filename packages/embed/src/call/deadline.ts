import { errors } from '../errors/index.js'
import { follow } from '../on-abort.js'

export interface Deadline extends Disposable {
  /** Aborted with the `PluginError` that the call fails with. */
  readonly signal: AbortSignal
}

/** One signal for everything that can end a call early. Dispose it when the call is over. */
export function startDeadline(options: {
  timeoutMs: number
  signal: AbortSignal | undefined
  closing: AbortSignal
  /** What the call fails with when `closing` is aborted: an error of its own, since it will name the call. */
  closed: () => Error
}): Deadline {
  const { timeoutMs, signal, closing, closed } = options
  const ending = follow([
    [closing, closed],
    [signal, () => errors.CALL_ABORTED({}, signal?.reason)],
  ])
  const timer = setTimeout(() => ending.abort(errors.DEADLINE_EXCEEDED({ timeoutMs })), timeoutMs)
  return {
    signal: ending.signal,
    [Symbol.dispose]() {
      clearTimeout(timer)
      ending[Symbol.dispose]()
    },
  }
}
