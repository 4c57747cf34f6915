import { type Awaitable, chain, chainAll } from '../../awaitable.js'
import { errors } from '../../errors/plugin-codes.js'
import type { Readiness } from './readiness.js'
import type { Waiter } from './waiter.js'

/** What a pollable waits for. */
export let readinessOf: (pollable: Pollable) => Readiness

/** `wasi:io/poll#pollable`. */
export class Pollable {
  readonly #readiness: Readiness
  readonly #waiter: Waiter

  constructor(readiness: Readiness, waiter: Waiter) {
    this.#readiness = readiness
    this.#waiter = waiter
  }

  ready(): Awaitable<boolean> {
    return this.#readiness.ready()
  }

  block(): Awaitable<void> {
    return this.#waiter.wait([this.#readiness])
  }

  /** Indexes of those that are ready, waiting until there is one. */
  static poll(pollables: readonly Pollable[]): Awaitable<Uint32Array> {
    const first = pollables[0]
    if (first === undefined) throw errors.POLL_NOTHING({})
    if (pollables.length === 1) return chain(first.block(), () => Uint32Array.of(0))
    const many = pollables.map((p) => p.#readiness)
    const found = (): Awaitable<Uint32Array> =>
      chainAll(
        many.map((one) => one.ready()),
        (ready) => {
          const indexes = ready.flatMap((isReady, index) => (isReady ? [index] : []))
          return indexes.length > 0 ? Uint32Array.from(indexes) : chain(first.#waiter.wait(many), found)
        },
      )
    return found()
  }

  // Not a method: a component may declare any name in its imports.
  static {
    readinessOf = (pollable) => pollable.#readiness
  }
}
