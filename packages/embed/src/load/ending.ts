import { errors } from '../errors/index.js'
import { type Follower, follow } from '../on-abort.js'

/** One signal for all that can end a load early, aborted with the error that the load fails with. */
export function startEnding(closing: AbortSignal, signal: AbortSignal | undefined): Follower {
  return follow([
    [closing, () => errors.HOST_CLOSED({})],
    [signal, () => errors.LOAD_ABORTED({}, signal?.reason)],
  ])
}
