import { errors } from '../../errors/plugin-codes.js'
import type { InstancePorts } from '../../ports.js'
import type { RemoteWait, ServiceCaller } from '../../protocol/service-map.js'
import type { Clock } from '../clocks/clock.js'
import type { Readiness } from './readiness.js'

type WaiterPorts = Pick<InstancePorts, 'sleep'>

export interface WaiterParts {
  readonly clock: Clock
  readonly services: ServiceCaller
  readonly ports: WaiterPorts
  /** @default no limit */
  readonly maxWaitMs?: number | undefined
}

/** Waits without burning CPU. A deadline of the call ends it by ending the thread. One per instance. */
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

  /** Returns once at least one of `many` is ready. */
  wait(many: readonly Readiness[]): void {
    const [only] = many
    // Waiting for one thing elsewhere comes back at once if it is ready: no need to ask before.
    if (many.length === 1 && only?.remote !== undefined && only.deadline === undefined && !only.here?.()) {
      this.#waitRemote([only.remote], null)
      only.waited?.()
    }
    while (!many.some((one) => one.ready())) {
      const remotes = many.flatMap(({ remote }) => (remote === undefined ? [] : [remote]))
      const deadlines = many.flatMap(({ deadline }) => (deadline === undefined ? [] : [deadline]))
      const until = earliest(deadlines)
      if (remotes.length > 0) this.#waitRemote(remotes, until)
      else this.#sleepUntil(until)
    }
  }

  /** Sleeps for that long, or until the deadline of the call. */
  sleep(ms: number): void {
    this.#check(ms)
    this.#ports.sleep(ms)
  }

  #waitRemote(remotes: readonly RemoteWait[], until: bigint | null): void {
    const ms = until === null ? null : Math.max(0, this.#msUntil(until))
    this.#services.call('io.wait', [remotes, ms])
  }

  #sleepUntil(until: bigint | null): void {
    const ms = until === null ? Number.POSITIVE_INFINITY : this.#msUntil(until)
    if (until !== null && this.#clock.skipTo(until)) return
    if (ms > 0) this.sleep(ms)
  }

  #msUntil(until: bigint): number {
    return Number(until - this.#clock.monotonic()) / 1e6
  }

  #check(ms: number): void {
    if (ms > this.#maxWaitMs) throw errors.WAIT_NOT_ALLOWED({ waitMs: ms, maxMs: this.#maxWaitMs })
  }
}

function earliest(instants: readonly bigint[]): bigint | null {
  let first: bigint | null = null
  for (const instant of instants) if (first === null || instant < first) first = instant
  return first
}
