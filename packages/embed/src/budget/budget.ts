import { errors } from '../errors/index.js'
import type { BudgetEvent } from '../events.js'
import type { BudgetOptions } from '../options/given.js'

/** What an instance runs in. */
export type Seat = 'threads' | 'processes'

/** What linear memory counts of. */
export interface Holder {
  readonly plugin: string
  /** Bytes of its instances, as large as they are now. */
  readonly memoryBytes: number
  /** Of those that were ended and whose threads are not gone yet. */
  readonly endingBytes: number
}

/** A plugin whose instances count. */
export interface Tenant extends Holder {
  readonly seat: Seat
  /** Whether instances of it may ever be ended for others. */
  readonly isEvictable: boolean
  /** Whether what is saved of instances that have ended may be given up for others. */
  readonly hasSaved: boolean
  /** The one that was used longest ago, of those that may be ended now; else, for memory, what is saved of one. */
  oldest(isMemory: boolean): Evictable | undefined
  /** Instances that were ended and whose threads are not gone yet. */
  readonly ending: number
  /** Calls that wait. */
  readonly waiting: number
  /** There may be a seat now. */
  retry(): void
}

/** An instance that nobody calls. */
export interface Evictable {
  /** Rises with every use in the host. */
  readonly lastUse: number
  /** Bytes of its linear memories. */
  readonly memoryBytes: number
  evict(): void
}

/** What the plugins of a host may use together. */
export class Budget {
  readonly #max: Readonly<BudgetOptions>
  readonly #report: (event: BudgetEvent) => void
  readonly #seats: Readonly<Record<Seat, Seats>> = { threads: new Seats(), processes: new Seats() }
  readonly #holders = new Set<Holder>()
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
    this.#holders.add(tenant)
  }

  leave(tenant: Tenant): void {
    const seats = this.#seats[tenant.seat]
    seats.tenants.delete(tenant)
    seats.waiting.delete(tenant)
    this.#holders.delete(tenant)
    this.#queued.delete(tenant)
  }

  /** Counts the memory of what takes no seat, until the function that this gives is called. */
  hold(holder: Holder): () => void {
    this.#holders.add(holder)
    return () => {
      this.#holders.delete(holder)
      this.#admit()
    }
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
    if (this.#hasRoom(seat)) {
      seats.used++
      let isGiven = false
      return () => {
        if (isGiven) return
        isGiven = true
        seats.used--
        this.#admit()
      }
    }
    // Its calls wait for those that it has.
    if (!isNeeded) return undefined
    seats.waiting.add(tenant)
    this.#makeRoom(seat)
    const missing = this.#missing(seat)
    if (missing === undefined) return undefined
    seats.waiting.delete(tenant)
    throw this.#refused(tenant, missing)
  }

  /** To be called when an instance has nothing to do: it may be ended for a plugin that waits. */
  rest(): void {
    for (const seat of SEATS) this.#makeRoom(seat)
  }

  /**
   * To be called when the memory of an instance has become another. Idle instances are ended for it; where that is not
   * enough, this gives why the instance itself cannot stay.
   */
  weigh(holder: Holder): Error | undefined {
    while (this.#staying > this.#max.memoryBytes)
      if (!this.#evict('memoryBytes', holder)) return this.#refused(holder, 'memoryBytes')
    this.#admit()
    return undefined
  }

  /** Bytes of linear memory that there may be. */
  get maxMemoryBytes(): number {
    return this.#max.memoryBytes
  }

  /** Whether so many bytes more may stay, without anything being ended for them. */
  fits(bytes: number): boolean {
    return this.#staying + bytes <= this.#max.memoryBytes
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

  /** Bytes of memory, but for what is being given back. */
  get #staying(): number {
    let bytes = 0
    for (const { memoryBytes } of this.#holders) bytes += memoryBytes
    return bytes
  }

  #hasRoom(seat: Seat): boolean {
    if (this.#seats[seat].used >= this.#max[seat]) return false
    let bytes = this.#staying
    for (const { endingBytes } of this.#holders) bytes += endingBytes
    return bytes < this.#max.memoryBytes
  }

  /** Ends idle instances, as far as there are some, for those that wait. */
  #makeRoom(seat: Seat): void {
    const seats = this.#seats[seat]
    const [next] = seats.waiting
    if (next === undefined) return
    const isShort = () => seats.waiting.size > seats.ending + this.#max[seat] - seats.used
    while (isShort()) if (!this.#evict(seat, next)) break
    while (this.#staying >= this.#max.memoryBytes) if (!this.#evict('memoryBytes', next)) break
  }

  /** What those that wait will not get; undefined when there may be some. */
  #missing(seat: Seat): Seat | 'memoryBytes' | undefined {
    const seats = this.#seats[seat]
    const mayEnd = [...seats.tenants].some(({ isEvictable }) => isEvictable)
    if (seats.used >= this.#max[seat] && seats.ending === 0 && !mayEnd) return seat
    const mayShrink = this.#tenants.some(
      ({ isEvictable, hasSaved, memoryBytes }) => hasSaved || (isEvictable && memoryBytes > 0),
    )
    return this.#staying >= this.#max.memoryBytes && !mayShrink ? 'memoryBytes' : undefined
  }

  get #tenants(): readonly Tenant[] {
    return SEATS.flatMap((seat) => [...this.#seats[seat].tenants])
  }

  /** Ends the idle instance that was used longest ago, of those that have some of it; false when there is none. */
  #evict(budget: Seat | 'memoryBytes', { plugin }: Holder): boolean {
    const isMemory = budget === 'memoryBytes'
    const [found] = (isMemory ? this.#tenants : [...this.#seats[budget].tenants])
      .map((tenant) => ({ tenant, oldest: tenant.oldest(isMemory) }))
      .filter(({ oldest }) => oldest !== undefined && (!isMemory || oldest.memoryBytes > 0))
      .sort((a, b) => (a.oldest as Evictable).lastUse - (b.oldest as Evictable).lastUse)
    found?.oldest?.evict()
    if (found !== undefined)
      this.#report({ plugin, budget, max: this.#max[budget], evicted: found.tenant.plugin })
    return found !== undefined
  }

  /** Has those try again that wait, as far as there is room. */
  #admit(): void {
    for (const seat of SEATS) {
      const { waiting } = this.#seats[seat]
      // One that needs none any more takes none.
      while (waiting.size > 0 && this.#hasRoom(seat)) {
        const [next] = waiting as unknown as [Tenant]
        waiting.delete(next)
        next.retry()
      }
    }
  }

  #refused({ plugin }: Holder, budget: BudgetEvent['budget']): Error {
    const max = this.#max[budget]
    this.#report({ plugin, budget, max })
    return errors.BUDGET_EXHAUSTED({ budget, max })
  }
}

const SEATS = ['threads', 'processes'] as const

class Seats {
  used = 0
  readonly tenants = new Set<Tenant>()
  /** In the order in which they began to wait. */
  readonly waiting = new Set<Tenant>()

  get ending(): number {
    return [...this.tenants].reduce((sum, { ending }) => sum + ending, 0)
  }
}
