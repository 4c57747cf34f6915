import { errors } from '../errors/index.js'
import { onAbort } from '../on-abort.js'

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
  const controller = new AbortController()
  const abort = () => controller.abort(errors.CALL_ABORTED({}, signal?.reason))
  const close = () => controller.abort(closed())
  const timer = setTimeout(() => controller.abort(errors.DEADLINE_EXCEEDED({ timeoutMs })), timeoutMs)
  if (closing.aborted) close()
  else if (signal?.aborted) abort()
  const offs = [signal && onAbort(signal, abort), onAbort(closing, close)]
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearTimeout(timer)
      for (const off of offs) off?.()
    },
  }
}
