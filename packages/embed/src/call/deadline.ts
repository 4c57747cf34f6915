import { Ending, type EndSignal, onEnd } from '../ending.js'
import { errors } from '../errors/index.js'

export interface Deadline {
  /** Aborted with the `PluginError` that the call fails with. */
  readonly signal: EndSignal
  /** To be called when the call is over. */
  stop(): void
}

/** One signal for everything that can end a call early. */
export function startDeadline(options: {
  timeoutMs: number
  signal: AbortSignal | undefined
  closing: EndSignal
  /** What the call fails with when `closing` is aborted: an error of its own, since it will name the call. */
  closed: () => Error
}): Deadline {
  const { timeoutMs, signal, closing, closed } = options
  const ending = new Ending()
  const follow = (other: EndSignal, reasonOf: () => unknown) => {
    if (other.aborted) ending.abort(reasonOf())
    return onEnd(other, () => ending.abort(reasonOf()))
  }
  const offClosing = follow(closing, closed)
  const offSignal = signal && follow(signal, () => errors.CALL_ABORTED({}, signal.reason))
  const timer = setTimeout(() => ending.abort(errors.DEADLINE_EXCEEDED({ timeoutMs })), timeoutMs)
  return {
    signal: ending,
    stop() {
      clearTimeout(timer)
      offClosing()
      offSignal?.()
    },
  }
}
