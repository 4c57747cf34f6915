import { errors } from '../../errors/capability-codes.js'
import type { Waiter } from './waiter.js'

/** When something becomes ready. Lives as long as what it speaks of; many pollables may share one. */
export interface Readiness {
  ready(): boolean
  /** True if it is known to be ready without asking the host's thread. @default never */
  here?: () => boolean
  /** Monotonic nanoseconds at which it is ready by itself. */
  readonly deadline?: bigint | undefined
  /** What the host's thread can wait for, as the `io.wait` service takes it. */
  readonly remote?: RemoteWait | undefined
}

export type RemoteWait = readonly [id: number, event: string]

/** As `readiness`, and ready for good once `over` says so. */
export function readyWhen(over: () => boolean, readiness: Readiness): Readiness {
  const { deadline, remote } = readiness
  return {
    ready: () => over() || readiness.ready(),
    here: () => over() || readiness.here?.() === true,
    deadline,
    remote,
  }
}

export const always: Readiness = Object.freeze({ ready: () => true })

/** `wasi:io/poll#pollable`. */
export class Pollable {
  readonly #readiness: Readiness
  readonly #waiter: Waiter

  constructor(readiness: Readiness, waiter: Waiter) {
    this.#readiness = readiness
    this.#waiter = waiter
  }

  ready(): boolean {
    return this.#readiness.ready()
  }

  block(): void {
    this.#waiter.wait([this.#readiness])
  }

  /** Indexes of those that are ready, waiting until there is one. */
  static poll(pollables: readonly Pollable[]): Uint32Array {
    const first = pollables[0]
    if (first === undefined) throw errors.POLL_NOTHING({})
    const ready = () => pollables.flatMap((p, index) => (p.#readiness.ready() ? [index] : []))
    let found = ready()
    while (found.length === 0) {
      first.#waiter.wait(pollables.map((p) => p.#readiness))
      found = ready()
    }
    return Uint32Array.from(found)
  }
}
