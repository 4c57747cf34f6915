import { errors } from '../errors/index.js'
import { onAbort } from '../on-abort.js'

export interface Ending extends Disposable {
  /** Aborted with the error that the load fails with. */
  readonly signal: AbortSignal
}

/** One signal for all that can end a load early. Dispose it when the load is over. */
export function startEnding(closing: AbortSignal, signal: AbortSignal | undefined): Ending {
  const controller = new AbortController()
  const close = () => controller.abort(errors.HOST_CLOSED({}))
  const abort = () => controller.abort(errors.LOAD_ABORTED({}, signal?.reason))
  if (closing.aborted) close()
  else if (signal?.aborted) abort()
  const offs = [onAbort(closing, close), signal && onAbort(signal, abort)]
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const off of offs) off?.()
    },
  }
}
