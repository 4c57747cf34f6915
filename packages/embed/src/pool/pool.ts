import type { Budget, Seat } from '../budget/budget.js'
import { Ending, type EndSignal } from '../ending.js'
import { errors } from '../errors/index.js'
import type { PoolOptions } from '../options/given.js'
import { homeOf, idleOf, leastOnLane } from './choice.js'
import { callingRun, callOf } from './host-run.js'
import { Idling } from './idling.js'
import { Leaving, type Saving } from './leaving.js'
import { PoolThreads } from './pool-threads.js'
import { SavedInstances } from './saved-instances.js'
import { Slot } from './slot.js'
import type { SlotSpec } from './slot-spec.js'
import { PoolTenant } from './tenant.js'
import { hasEnded, Waiters } from './waiters.js'

/** The instances of one plugin: hands out idle ones, starts new ones up to the limit, queues the rest of the calls. */
export class Pool {
  readonly #spec: SlotSpec
  readonly #options: Readonly<PoolOptions>
  readonly #slots = new Set<Slot>()
  readonly #threads = new PoolThreads()
  readonly #waiters: Waiters
  readonly #idling: Idling | undefined
  readonly #budget: Budget
  readonly #tenant: PoolTenant
  readonly #leaving: Leaving
  readonly #saving: (Saving & { readonly saved: SavedInstances }) | undefined
  readonly #closing = new Ending()

  constructor(spec: SlotSpec, options: Readonly<PoolOptions>, { budget, seat, saving }: PoolParts) {
    this.#spec = spec
    this.#options = options
    this.#waiters = new Waiters(spec.runs, this.#slots)
    const { idleMs } = options
    this.#saving = saving && { ...saving, saved: new SavedInstances(budget, saving.report) }
    this.#leaving = new Leaving({
      ...{ slots: this.#slots, startMs: spec.startMs, saving: this.#saving },
      isWanted: (slot) => this.#waiters.want(slot),
      release: (slot) => this.release(slot),
      retry: () => this.#openForWaiters(),
    })
    if (idleMs !== undefined) this.#idling = new Idling(idleMs, this.#slots, this.#leaving)
    this.#budget = budget
    this.#tenant = new PoolTenant({
      ...{ plugin: spec.init.plugin, seat, budget, mayIdle: idleMs !== undefined },
      ...{ slots: this.#slots, threads: this.#threads.all },
      ...{ leaving: this.#leaving, saved: this.#saving?.saved },
      waiting: () => this.waiting,
      retry: () => this.#openForWaiters(),
    })
  }

  /** Instances that run, start, or wait for calls. */
  get instances(): number {
    return this.#slots.size
  }

  /** Calls that wait for an instance, or on its lane for others to be answered. */
  get waiting(): number {
    let waiting = this.#waiters.size
    for (const slot of this.#slots) waiting += slot.waiting
    return waiting
  }

  /** Bytes of linear memory of all instances, as they were when the last call of each ended, and of what is saved of others. */
  get memoryBytes(): number {
    return this.#tenant.memoryBytes
  }

  /** The most that it was. */
  get maxMemoryBytes(): number {
    return this.#tenant.maxMemoryBytes
  }

  /** Whether the application is in a function that a call of this plugin waits for. */
  isCalling(): boolean {
    return callOf(this.#spec.runs, this.#spec.init.grants) !== undefined
  }

  /** Calls back with every thread that there is, and with each that is started until the answer is called. */
  eachThread(visit: (thread: Slot) => void): () => void {
    const off = this.#threads.watch(visit)
    for (const slot of this.#slots) visit(slot)
    return off
  }

  /** Has every call that has not begun refused by whoever made it: those that wait, and those on lanes. */
  refuse(error: () => Error): void {
    this.#waiters.refuseAll(error)
    for (const slot of this.#slots) while (slot.calls.giveBack());
  }

  /** See `Slot`. */
  halt(): void {
    for (const slot of this.#slots) slot.halt()
  }

  /** Starts the first instance, so that a plugin that cannot start fails at load. */
  async start(): Promise<void> {
    const open = () => this.#openIfRoom()
    const wait = { ms: this.#spec.startMs, closing: this.#closing }
    const slot = open() ?? (await this.#tenant.whenRoom(open, wait))
    await slot.ready
  }

  /**
   * A slot reserved for one call, which may have to be a certain one; give it back with `release`.
   *
   * @throws {POOL_SATURATED} {BUDGET_EXHAUSTED} {RESOURCE_UNREACHABLE} {CALL_DEADLOCK} {THREADS_UNENDING} and the signal's reason.
   */
  async acquire(signal: EndSignal, wanted?: Slot): Promise<Slot> {
    if (signal.aborted) throw signal.reason
    if (wanted?.state === 'dead') throw hasEnded()
    const idle = wanted ?? idleOf(this.#slots)
    if (idle?.reserve()) return idle
    if (wanted === undefined) this.#openIfRoom()
    const unending = this.#unending()
    if (this.#slots.size === 0 && unending > 0) throw errors.THREADS_UNENDING({ threads: unending })
    const slot = await this.#wait(signal, wanted)
    if (!signal.aborted) return slot
    // It was handed over to a call that gave up meanwhile.
    this.release(slot)
    throw signal.reason
  }

  /**
   * A slot for a call that goes on its lane, reserved: an idle one or, where no more can be made, the one with the fewest
   * calls there. Undefined where the call has to wait for its turn, as it does behind others that wait, and where a function
   * of the application makes it, which may wait for itself.
   */
  acquireForLane(): Slot | undefined {
    const idle = idleOf(this.#slots)
    if (idle?.reserve()) return idle
    if (this.#waiters.size > 0 || this.#slots.size < this.#options.instances) return undefined
    const least = leastOnLane(this.#slots)
    if (least === undefined || this.waiting >= this.#options.queue) return undefined
    if (!this.#budget.hasRoomInQueue(this.#tenant)) return undefined
    if (callingRun(this.#spec.runs) !== undefined) return undefined
    least.join()
    return least
  }

  /** Takes a slot back: the first waiter gets it, or, when it is dead, a new one. */
  release(slot: Slot): void {
    if (slot.free()) this.#offer(slot)
    else if (this.#slots.delete(slot)) {
      // What it had in memory has ended with it.
      const error = slot.endedFor
      if (error !== undefined && !this.#leaving.has(slot)) this.#saving?.report({ state: 'lost', error })
      this.#waiters.refuseFor(slot)
      this.#openForWaiters()
    }
  }

  /** The slot whose thread shares these resources; undefined when it has ended. */
  slotOf(resources: object): Slot | undefined {
    return homeOf(this.#slots, resources)
  }

  /**
   * Ends every thread. Calls that run or wait are aborted by their signals; `reason` is for a start under way. Answers with
   * the number of threads that go on, which nobody waits for any more.
   */
  async close(reason: unknown): Promise<number> {
    this.#idling?.stop()
    this.#leaving.close(reason)
    this.#closing.abort(reason)
    const slots = [...this.#slots]
    this.#slots.clear()
    for (const slot of slots) slot.end(reason)
    const unending = await this.#threads.allGone()
    this.#budget.leave(this.#tenant)
    return unending
  }

  /** @throws {BUDGET_EXHAUSTED} */
  #openIfRoom(): Slot | undefined {
    if (this.#slots.size >= this.#options.instances || this.#unending() > 0) return undefined
    const leave = this.#budget.take(this.#tenant, { isNeeded: this.#slots.size === 0 })
    return leave && this.#open(leave)
  }

  #openForWaiters(): void {
    if (this.#waiters.size === 0) return
    try {
      this.#openIfRoom()
    } catch (error) {
      this.#waiters.refuseFirst(error)
    }
  }

  /** Threads that were ended and go on, when they are more than can be ending at a time; 0 otherwise. */
  #unending(): number {
    const { ending } = this.#tenant
    return ending >= this.#options.instances + MAX_ENDING ? ending : 0
  }

  /** Starts a slot for whoever waits first once it is ready; the call that it was started for may have given up. */
  #open(leave: () => void): Slot {
    const slot = this.#made(leave)
    this.#slots.add(slot)
    this.#threads.add(slot, leave)
    slot.ready.then(
      () => this.#offer(slot),
      (error) => {
        if (this.#slots.delete(slot)) this.#fail(error)
      },
    )
    return slot
  }

  #made(leave: () => void): Slot {
    try {
      const saved = this.#saving?.saved.take()
      const slot: Slot = new Slot(this.#spec, () => this.#weigh(slot), saved)
      if (saved !== undefined) this.#tellOf(slot)
      return slot
    } catch (error) {
      leave()
      throw error
    }
  }

  /** Tells whether an instance has gone on with what was saved for it. */
  #tellOf(slot: Slot): void {
    const report = (error: Error | undefined) =>
      this.#saving?.report(error === undefined ? { state: 'restored' } : { state: 'lost', error })
    slot.ready.then(
      () => report(slot.lost),
      (error) => {
        if (!this.#closing.aborted) report(error)
      },
    )
  }

  /** An instance has grown. One that the host has no memory for ends, with the call that it grew in. */
  #weigh(slot: Slot): void {
    const refusal = this.#tenant.weigh()
    if (refusal !== undefined) slot.end(refusal)
  }

  #offer(slot: Slot): void {
    if (!slot.hasRoom) return
    if (this.#waiters.give(slot)) return
    this.#relieve()
    this.#idling?.start()
    this.#tenant.rest()
  }

  /** A slot has nothing to do: a call that waits on another one's lane is run there. */
  #relieve(): void {
    for (const slot of this.#slots) if (slot.waiting > 0 && slot.calls.giveBack()) return
  }

  /** A slot did not start: its waiter hears why, and the others get another try. */
  #fail(error: unknown): void {
    this.#waiters.refuseFirst(error)
    this.#openForWaiters()
  }

  #starting(): number {
    return [...this.#slots].filter(({ state }) => state === 'starting').length
  }

  #wait(signal: EndSignal, wanted: Slot | undefined): Promise<Slot> {
    // Calls that a slot is being started for do not count as waiting.
    const { queue } = this.#options
    if (this.waiting >= queue + this.#starting()) throw errors.POOL_SATURATED({ queue })
    this.#budget.queue(this.#tenant)
    return this.#waiters.wait(signal, wanted)
  }
}

export interface PoolParts {
  readonly budget: Budget
  /** What an instance takes of it. */
  readonly seat: Seat
  /** Set where the state of instances is to be kept. */
  readonly saving: Saving | undefined
}

/** Threads beside those of the pool that may be ending at a time. */
const MAX_ENDING = 16
