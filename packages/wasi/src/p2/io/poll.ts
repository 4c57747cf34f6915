import { errors } from '../../errors/plugin-codes.js'
import type { Readiness } from './readiness.js'
import type { Waiter } from './waiter.js'

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
    if (pollables.length === 1) {
      first.block()
      return Uint32Array.of(0)
    }
    const ready = () => pollables.flatMap((p, index) => (p.#readiness.ready() ? [index] : []))
    let found = ready()
    while (found.length === 0) {
      first.#waiter.wait(pollables.map((p) => p.#readiness))
      found = ready()
    }
    return Uint32Array.from(found)
  }
}
