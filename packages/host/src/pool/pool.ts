import { errors } from '../errors/index.js'
import type { PoolOptions } from '../options.js'
import { Slot, type SlotSpec } from './slot.js'

interface Waiter {
  /** With a free slot, or undefined when there is room for a new one. */
  readonly resolve: (slot: Slot | undefined) => void
  readonly reject: (error: unknown) => void
}

/** The instances of one plugin: hands out idle ones, starts new ones up to the limit, queues the rest of the calls. */
export class Pool {
  readonly #spec: SlotSpec
  readonly #options: Readonly<PoolOptions>
  readonly #slots = new Set<Slot>()
  readonly #waiters = new Set<Waiter>()

  constructor(spec: SlotSpec, options: Readonly<PoolOptions>) {
    this.#spec = spec
    this.#options = options
  }

  /** Starts the first instance, so that a plugin that cannot start fails at load. */
  async start(): Promise<void> {
    await this.#open().ready
  }

  /**
   * A slot reserved for one call; give it back with `release`.
   *
   * @throws {POOL_SATURATED} and the signal's reason.
   */
  async acquire(signal: AbortSignal): Promise<Slot> {
    for (;;) {
      if (signal.aborted) throw signal.reason
      const slot = this.#idle() ?? (await this.#openOrWait(signal))
      if (slot?.reserve()) return slot
    }
  }

  /** Takes a slot back: the next waiter gets it, or, when it is dead, the chance to start another. */
  release(slot: Slot): void {
    const alive = slot.free()
    if (!alive) this.#slots.delete(slot)
    const [next] = this.#waiters
    if (next === undefined) return
    this.#waiters.delete(next)
    next.resolve(alive ? slot : undefined)
  }

  async close(reason: unknown): Promise<void> {
    for (const waiter of this.#waiters) waiter.reject(reason)
    this.#waiters.clear()
    const slots = [...this.#slots]
    this.#slots.clear()
    await Promise.all(slots.map((slot) => slot.close(reason)))
  }

  #idle(): Slot | undefined {
    for (const slot of this.#slots) {
      if (slot.state === 'idle') return slot
      if (slot.state === 'dead') this.#slots.delete(slot)
    }
    return undefined
  }

  async #openOrWait(signal: AbortSignal): Promise<Slot | undefined> {
    if (this.#slots.size >= this.#options.instances) return this.#wait(signal)
    const slot = this.#open()
    await Promise.race([slot.ready, aborted(signal)])
    return slot
  }

  #open(): Slot {
    const slot = new Slot(this.#spec)
    this.#slots.add(slot)
    slot.ready.catch(() => this.release(slot))
    return slot
  }

  #wait(signal: AbortSignal): Promise<Slot | undefined> {
    if (this.#waiters.size >= this.#options.queue) throw errors.POOL_SATURATED({ queue: this.#options.queue })
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#waiters.delete(waiter)
        reject(signal.reason)
      }
      const waiter: Waiter = {
        resolve(slot) {
          signal.removeEventListener('abort', onAbort)
          resolve(slot)
        },
        reject,
      }
      this.#waiters.add(waiter)
      signal.addEventListener('abort', onAbort, { once: true })
    })
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
