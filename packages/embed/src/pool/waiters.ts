import { type EndSignal, onEnd } from '../ending.js'
import { errors } from '../errors/index.js'
import { later } from '../later.js'
import type { AsyncContext } from '../ports.js'
import { callingRun, type HostRun, waitingFor } from './host-run.js'
import type { Slot } from './slot.js'

interface Waiter {
  /** The only slot that will do: a resource among the call's arguments lives in it. */
  readonly wanted: Slot | undefined
  /** The function of the application that makes the call, if one does. */
  readonly caller: HostRun | undefined
  /** With a slot that is reserved for this waiter. */
  readonly resolve: (slot: Slot) => void
  readonly reject: (error: unknown) => void
}

/** The calls of a pool that wait for a slot, in their order. */
export class Waiters {
  readonly #waiting = new Set<Waiter>()
  readonly #runs: AsyncContext
  readonly #slots: ReadonlySet<Slot>

  /** @param slots of the pool */
  constructor(runs: AsyncContext, slots: ReadonlySet<Slot>) {
    this.#runs = runs
    this.#slots = slots
  }

  get size(): number {
    return this.#waiting.size
  }

  /** Waits for a slot that is reserved for the call. @throws {CALL_DEADLOCK} and what it is refused with, and the signal's reason */
  wait(signal: EndSignal, wanted: Slot | undefined): Promise<Slot> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        wanted,
        caller: callingRun(this.#runs),
        resolve(slot) {
          off()
          resolve(slot)
        },
        reject(error) {
          off()
          reject(error)
        },
      }
      this.#waiting.add(waiter)
      if (waiter.caller !== undefined) later(() => this.#refuseDeadlock(waiter))
      const off = onEnd(signal, () => {
        this.#waiting.delete(waiter)
        reject(signal.reason)
      })
    })
  }

  /** Whether one waits that the slot would do for. */
  want(slot: Slot): boolean {
    for (const { wanted } of this.#waiting) if ((wanted ?? slot) === slot) return true
    return false
  }

  /** Gives a slot with room to the first that it will do for; false where there is none. */
  give(slot: Slot): boolean {
    for (const waiter of this.#waiting) {
      if ((waiter.wanted ?? slot) !== slot) continue
      if (slot.reserve()) this.#take(waiter).resolve(slot)
      return true
    }
    return false
  }

  /** The first that any slot will do for hears why it gets none. */
  refuseFirst(error: unknown): void {
    for (const waiter of this.#waiting)
      if (waiter.wanted === undefined) {
        this.#take(waiter).reject(error)
        return
      }
  }

  /** Those that no other slot will do for than this one, which has ended. */
  refuseFor(slot: Slot): void {
    for (const waiter of this.#waiting) if (waiter.wanted === slot) this.#take(waiter).reject(hasEnded())
  }

  refuseAll(error: () => Error): void {
    for (const waiter of [...this.#waiting]) this.#take(waiter).reject(error())
  }

  /**
   * Every instance that could run the call waits for functions of the application that wait for calls such as this one. A
   * function that only begins a call has answered by now; one that goes on itself cannot be told from one that waits.
   */
  #refuseDeadlock(waiter: Waiter): void {
    if (!this.#waiting.has(waiter) || waiter.caller?.answered !== false) return
    const stuck = new Set([...this.#waiting].flatMap(({ caller }) => waitingFor(caller)))
    const able = waiter.wanted === undefined ? [...this.#slots] : [waiter.wanted]
    if (!able.every((slot) => stuck.has(slot))) return
    this.#take(waiter).reject(errors.CALL_DEADLOCK({ hostFunction: waiter.caller.name }))
  }

  #take(waiter: Waiter): Waiter {
    this.#waiting.delete(waiter)
    return waiter
  }
}

/** A resource among the arguments of a call lived there. */
export function hasEnded(): Error {
  return errors.RESOURCE_UNREACHABLE({
    resource: 'resource',
    reason: 'the instance that it lived in has ended',
  })
}
