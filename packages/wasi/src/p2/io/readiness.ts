import type { Awaitable } from '../../awaitable.js'
import type { RemoteWait } from '../../protocol/service-map.js'

/** When something becomes ready. Lives as long as what it speaks of; many pollables may share one. */
export interface Readiness {
  ready(): Awaitable<boolean>
  /** True if it is known to be ready without asking the host's thread. @default never */
  here?: () => boolean
  /** Monotonic nanoseconds at which it is ready by itself. */
  readonly deadline?: bigint | undefined
  /** What the host's thread can wait for, as the `io.wait` service takes it. */
  readonly remote?: RemoteWait | undefined
  /** It was waited for there, and is ready: nobody has to ask. */
  readonly waited?: (() => void) | undefined
}

/** As `readiness`, and ready for good once `over` says so. */
export function readyWhen(over: () => boolean, readiness: Readiness): Readiness {
  if (readiness === always) return always
  const { deadline, remote, waited } = readiness
  return {
    ready: () => over() || readiness.ready(),
    here: () => over() || readiness.here?.() === true,
    deadline,
    remote,
    waited,
  }
}

export const always: Readiness = Object.freeze({ ready: () => true })
