import { errors } from '../errors/index.js'

export interface Deadline extends Disposable {
  /** Aborted with the `PluginError` that the call fails with. */
  readonly signal: AbortSignal
}

/** One signal for everything that can end a call early. Dispose it when the call is over. */
export function startDeadline(options: {
  timeoutMs: number
  signal: AbortSignal | undefined
  closing: AbortSignal
}): Deadline {
  const { timeoutMs, signal, closing } = options
  const controller = new AbortController()
  const onAbort = () => controller.abort(errors.CALL_ABORTED({}, signal?.reason))
  const onClose = () => controller.abort(closing.reason)
  const timer = setTimeout(() => controller.abort(errors.DEADLINE_EXCEEDED({ timeoutMs })), timeoutMs)
  if (closing.aborted) onClose()
  else if (signal?.aborted) onAbort()
  signal?.addEventListener('abort', onAbort, { once: true })
  closing.addEventListener('abort', onClose, { once: true })
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      closing.removeEventListener('abort', onClose)
    },
  }
}
