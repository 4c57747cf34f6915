import { type Awaitable, chain, untilDone } from '../../awaitable.js'
import { errors } from '../../errors/plugin-codes.js'
import type { InstancePorts } from '../../ports.js'
import type { RemoteWait, ServiceCaller } from '../../protocol/service-map.js'
import type { Clock } from '../clocks/clock.js'
import type { Readiness } from './readiness.js'

type WaiterPorts = Pick<InstancePorts, 'sleep' | 'pass'>

export interface WaiterParts {
  readonly clock: Clock
  readonly services: ServiceCaller
  readonly ports: WaiterPorts
  /** @default no limit */
  readonly maxWaitMs?: number | undefined
}

/**
 * Waits without burning CPU: the thread sleeps, or has its plugin suspended. A deadline of the call ends it by ending the
 * thread. One per instance.
 */
export class Waiter {
  readonly #clock: Clock
  readonly #services: ServiceCaller
  readonly #maxWaitMs: number
  readonly #ports: WaiterPorts

  constructor({ clock, services, ports, maxWaitMs = Number.POSITIVE_INFINITY }: WaiterParts) {
    this.#clock = clock
    this.#services = services
    this.#ports = ports
    this.#maxWaitMs = maxWaitMs
  }

  /** Is over once at least one of `many` is ready. */
  wait(many: readonly Readiness[]): Awaitable<void> {
    const [only] = many
    // Waiting for one thing elsewhere comes back at once if it is ready: no need to ask before.
    if (many.length === 1 && only?.remote !== undefined && only.deadline === undefined && !only.here?.()) {
      return chain(this.#waitRemote([only.remote], null), () => {
        only.waited?.()
        return this.#waitOn(many)
      })
    }
    return this.#waitOn(many)
  }

  /** Sleeps for that long, or until the deadline of the call. */
  sleep(ms: number): void {
    this.#check(ms)
    this.#ports.sleep(ms)
  }

  #waitOn(many: readonly Readiness[]): Awaitable<void> {
    return untilDone(() =>
      chain(isOneReady(many, 0), (isReady) => isReady || chain(this.#waitOnce(many), () => false)),
    )
  }

  #waitOnce(many: readonly Readiness[]): Awaitable<void> {
    const remotes = many.flatMap(({ remote }) => (remote === undefined ? [] : [remote]))
    const deadlines = many.flatMap(({ deadline }) => (deadline === undefined ? [] : [deadline]))
    const until = earliest(deadlines)
    return remotes.length > 0 ? this.#waitRemote(remotes, until) : this.#waitUntil(until)
  }

  #waitRemote(remotes: readonly RemoteWait[], until: bigint | null): Awaitable<void> {
    const ms = until === null ? null : Math.max(0, this.#msUntil(until))
    return this.#services.call('io.wait', [remotes, ms])
  }

  #waitUntil(until: bigint | null): Awaitable<void> {
    const ms = until === null ? Number.POSITIVE_INFINITY : this.#msUntil(until)
    if ((until !== null && this.#clock.skipTo(until)) || ms <= 0) return
    if (this.#ports.pass === undefined) return this.sleep(ms)
    this.#check(ms)
    return this.#ports.pass(ms)
  }

  #msUntil(until: bigint): number {
    return Number(until - this.#clock.monotonic()) / 1e6
  }

  #check(ms: number): void {
    if (ms > this.#maxWaitMs) throw errors.WAIT_NOT_ALLOWED({ waitMs: ms, maxMs: this.#maxWaitMs })
  }
}

/** Those behind the first that is ready are not asked. */
function isOneReady(many: readonly Readiness[], from: number): Awaitable<boolean> {
  for (let i = from; i < many.length; i++) {
    const isReady = many[i]?.ready()
    if (isReady instanceof Promise) return isReady.then((is) => is || isOneReady(many, i + 1))
    if (isReady === true) return true
  }
  return false
}

function earliest(instants: readonly bigint[]): bigint | null {
  let first: bigint | null = null
  for (const instant of instants) if (first === null || instant < first) first = instant
  return first
}
