import { errors } from '../errors/index.js'
import type { BudgetEvent } from '../events.js'
import type { BudgetOptions } from '../options/given.js'

/** What an instance runs in. */
export type Seat = 'threads' | 'processes'

/** A plugin whose instances count. */
export interface Tenant {
  readonly plugin: string
  readonly seat: Seat
  /** Whether instances of it may ever be ended for others. */
  readonly isEvictable: boolean
  /** The one that was used longest ago, of those that may be ended now. */
  oldest(): Evictable | undefined
  /** Instances that were ended and whose threads are not gone yet. */
  readonly ending: number
  /** Calls that wait. */
  readonly waiting: number
  /** There may be a seat now. */
  retry(): void
}

export interface Evictable {
  /** Rises with every use in the host. */
  readonly lastUse: number
  evict(): void
}

/** What the plugins of a host may use together. */
export class Budget {
  readonly #max: Readonly<BudgetOptions>
  readonly #report: (event: BudgetEvent) => void
  readonly #seats: Readonly<Record<Seat, Seats>> = { threads: new Seats(), processes: new Seats() }
  /** Those of which calls wait, as far as they have been looked at since. */
  readonly #queued = new Set<Tenant>()

  constructor(max: Readonly<BudgetOptions>, report: (event: BudgetEvent) => void) {
    this.#max = max
    this.#report = report
  }

  /** Threads and processes that run, or end. */
  used(seat: Seat): number {
    return this.#seats[seat].used
  }

  /** Counts its instances, and takes others' idle ones for it, until `leave`. */
  enter(tenant: Tenant): void {
    this.#seats[tenant.seat].tenants.add(tenant)
  }

  leave(tenant: Tenant): void {
    const seats = this.#seats[tenant.seat]
    seats.tenants.delete(tenant)
    seats.waiting.delete(tenant)
    this.#queued.delete(tenant)
  }

  /**
   * A seat for one more instance; what it gives is called when its thread is gone. Undefined when there is none yet: the
   * tenant is told when there is.
   *
   * @param isNeeded whether it has no other instance
   * @throws {BUDGET_EXHAUSTED} it is needed, and nothing will make room
   */
  take(tenant: Tenant, { isNeeded }: { isNeeded: boolean }): (() => void) | undefined {
    const { seat } = tenant
    const seats = this.#seats[seat]
    if (seats.used < this.#max[seat]) {
      seats.used++
      let isGiven = false
      return () => {
        if (isGiven) return
        isGiven = true
        this.#give(seat)
      }
    }
    // Its calls wait for those that it has.
    if (!isNeeded) return undefined
    seats.waiting.add(tenant)
    this.makeRoom(seat)
    if (seats.ending > 0 || [...seats.tenants].some(({ isEvictable }) => isEvictable)) return undefined
    seats.waiting.delete(tenant)
    throw this.#refused(tenant, seat)
  }

  /** To be called when an instance has nothing to do: it may be ended for a plugin that waits. */
  makeRoom(seat: Seat): void {
    const seats = this.#seats[seat]
    while (seats.waiting.size > seats.ending) {
      const [found] = [...seats.tenants]
        .map((tenant) => ({ tenant, oldest: tenant.oldest() }))
        .filter(({ oldest }) => oldest !== undefined)
        .sort((a, b) => (a.oldest as Evictable).lastUse - (b.oldest as Evictable).lastUse)
      if (found === undefined) return
      const [{ plugin }] = seats.waiting as unknown as [Tenant]
      found.oldest?.evict()
      this.#report({ plugin, budget: seat, max: this.#max[seat], evicted: found.tenant.plugin })
    }
  }

  /** Whether a plugin waits for others to make room. */
  isShort(seat: Seat): boolean {
    return this.#seats[seat].waiting.size > 0
  }

  /** One more call is about to wait. @throws {BUDGET_EXHAUSTED} */
  queue(tenant: Tenant): void {
    if (!this.hasRoomInQueue(tenant)) throw this.#refused(tenant, 'queuedCalls')
  }

  hasRoomInQueue(tenant: Tenant): boolean {
    this.#queued.add(tenant)
    let waiting = 0
    for (const queued of this.#queued) {
      if (queued.waiting === 0 && queued !== tenant) this.#queued.delete(queued)
      else waiting += queued.waiting
    }
    return waiting < this.#max.queuedCalls
  }

  #give(seat: Seat): void {
    const seats = this.#seats[seat]
    seats.used--
    // One that needs none any more takes none.
    while (seats.used < this.#max[seat] && seats.waiting.size > 0) {
      const [next] = seats.waiting as unknown as [Tenant]
      seats.waiting.delete(next)
      next.retry()
    }
  }

  #refused({ plugin }: Tenant, budget: BudgetEvent['budget']): Error {
    const max = this.#max[budget]
    this.#report({ plugin, budget, max })
    return errors.BUDGET_EXHAUSTED({ budget, max })
  }
}

class Seats {
  used = 0
  readonly tenants = new Set<Tenant>()
  /** In the order in which they began to wait. */
  readonly waiting = new Set<Tenant>()

  get ending(): number {
    return [...this.tenants].reduce((sum, { ending }) => sum + ending, 0)
  }
}
