import type { HostRun } from './host-run.js'

/** Calls of which it is known; of more, the oldest are forgotten. */
const MAX_CALLS = 10_000

/** How long calls that are not over have waited for the application, while somebody wants to know. */
export class HostTimes {
  readonly #times = new Map<number, number>()
  #isOn = false

  set isOn(isOn: boolean) {
    this.#isOn = isOn
    if (!isOn) this.#times.clear()
  }

  add({ call, since, until = since }: HostRun): void {
    if (!this.#isOn || call === undefined) return
    this.#times.set(call, (this.#times.get(call) ?? 0) + until - since)
    if (this.#times.size > MAX_CALLS) this.#times.delete(this.#times.keys().next().value as number)
  }

  /** Milliseconds of a call that is over. */
  take(call: number): number {
    if (!this.#isOn) return 0
    const time = this.#times.get(call) ?? 0
    this.#times.delete(call)
    return time
  }
}
