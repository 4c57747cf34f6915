import { errors } from '../errors/index.js'
import { decodeError } from '../errors/wire-error.js'
import { ThreadMeter } from '../lane/thread-meter.js'
import type { Sampler, ThreadPort } from '../ports.js'
import type { ThreadResources } from '../resource/thread-resources.js'
import { type Counts, type FuelCounts, type Meter, readFunctionUnits } from '../stats/index.js'
import type { FromThread, Happened } from '../wire/messages.js'
import type { Snapshot } from '../wire/snapshot.js'
import type { ThreadServer } from './host-functions.js'
import { Occupancy } from './occupancy.js'
import type { SlotSpec } from './slot-spec.js'
import { ThreadCalls } from './thread-calls.js'

export type SlotState = 'starting' | 'ready' | 'dead'

/**
 * One thread with one instance of a plugin. A call that does not end by itself is ended with its thread: a slot that was
 * aborted is dead and is never used again.
 */
export class Slot implements Meter {
  #state: SlotState = 'starting'
  /** Settles when the plugin is instantiated; rejects with the reason why it cannot be. */
  readonly ready: Promise<void>
  /** Resolves when the thread is gone, and everything that it sent has been taken in. */
  readonly gone: Promise<void>
  readonly calls: ThreadCalls

  readonly #thread: ThreadPort
  readonly #occupancy = new Occupancy()
  readonly #onEvent: SlotSpec['onEvent']
  readonly #onMemory: () => void
  readonly #server: ThreadServer
  readonly #meter: ThreadMeter
  /** When it was looked at last. */
  #cpuMs: number | undefined
  #memoryBytes = 0
  /** Why it is dead. */
  #endedFor: { readonly error: Error } | undefined
  /** It ends when its state is saved. */
  #isLeaving = false
  #lost: Error | undefined
  #settleReady!: { resolve: () => void; reject: (error: unknown) => void }

  /**
   * @param onMemory called when its memory is larger or smaller than it was
   * @param snapshot what its instance goes on with
   */
  constructor(spec: SlotSpec, onMemory: () => void, snapshot?: Snapshot) {
    this.#onEvent = spec.onEvent
    this.#onMemory = onMemory
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject }
    })
    // A slot may die before anybody waits for it; the pool hears of it on acquire.
    this.ready.catch(() => {})
    let exited = () => {}
    this.gone = new Promise((resolve) => {
      exited = resolve
    })
    this.#server = spec.serve()
    this.calls = new ThreadCalls({
      ...{ spec, slot: this, server: this.#server },
      thread: {
        endedFor: () => this.#endedFor,
        post: (message, transfer) => this.#thread.post(message, transfer),
        rest: (isResting) => this.#rest(isResting),
        end: (reason) => this.#die(reason),
      },
    })
    const { lane } = this.calls
    const init = { ...spec.init, lane, ...(snapshot && { snapshot }) }
    this.#meter = new ThreadMeter(lane)
    let left = () => {}
    this.#thread = spec.startThread(
      { init, heapBytes: spec.heapBytes, rules: spec.rules, latest: spec.latest },
      {
        ask: (request, call) => this.calls.answer(request, call),
        onAnswered: () => this.calls.answered(),
        onMessage: (message) => this.#receive(message),
        onCrash: (error) => this.#die(error),
        onExit: (thread, reason) => {
          spec.onThreadEnd(thread)
          this.#die(errors.WORKER_CRASHED({ reason }))
          left()
          this.calls.free()
          exited()
        },
      },
    )
    left = spec.measure(this)
    this.#startWithin(spec.startMs)
  }

  get state(): SlotState {
    return this.#state
  }

  /** What this thread shares with the application; the home of the plugin's resources in it. */
  get resources(): ThreadResources {
    return this.#server.resources
  }

  /** What looks at its thread; undefined where nothing can. */
  sampler(): Sampler | undefined {
    return this.#thread.sampler?.()
  }

  /** Bytes of its linear memories, as they were when its last call ended. */
  get memoryBytes(): number {
    return this.#memoryBytes
  }

  /** Of its thread or process; of one that is ended, when it was. */
  cpuMs(): number | undefined {
    if (this.#state !== 'dead') this.#cpuMs = this.#thread.cpuMs?.() ?? this.#cpuMs
    return this.#cpuMs
  }

  counts(): Counts {
    return this.#meter.counts
  }

  /** What its instances have used, when it has answered what it was given before. */
  async fuel(id: number): Promise<FuelCounts> {
    await this.ready
    if (this.#endedFor !== undefined) throw this.#endedFor.error
    const units = readFunctionUnits(await this.calls.functionUnits(id))
    return { fuel: this.counts().fuel, units }
  }

  /** See `Occupancy`. */
  get uses(): number {
    return this.#occupancy.uses
  }

  get lastUse(): number {
    return this.#occupancy.lastUse
  }

  /** Whether nothing is lost but the state of the instance when it ends. */
  get isDispensable(): boolean {
    return this.#state === 'ready' && this.#occupancy.isEmpty && !this.calls.isHome
  }

  /** Whether it was ended, or will be when its state is saved. */
  get isEnding(): boolean {
    return this.#state === 'dead' || this.#isLeaving
  }

  /** Why it was ended. */
  get endedFor(): Error | undefined {
    return this.#endedFor?.error
  }

  /** Why its instance has started, where it should have gone on with a snapshot. */
  get lost(): Error | undefined {
    return this.#lost
  }

  /** Takes it from the calls, for its state to be saved; false where more than that is lost. */
  leave(isEnding: boolean): boolean {
    if (!this.isDispensable) return false
    this.#occupancy.hold()
    this.#isLeaving = isEnding
    return true
  }

  /** Whether it may be reserved for a call. */
  get hasRoom(): boolean {
    return this.#state === 'ready' && this.#occupancy.hasRoom
  }

  /** Whether calls of the lane are all that it runs, and one more may be put there. */
  get hasRoomOnLane(): boolean {
    return this.#state === 'ready' && this.calls.onLane > 0
  }

  /** Calls on the lane that wait for others there. */
  get waiting(): number {
    return Math.max(0, this.calls.onLane - 1)
  }

  /** Reserves it for a call that is put behind the others on the lane. */
  join(): void {
    this.#occupancy.enter()
  }

  /** Takes the slot for one call; false when it has no room (any more). */
  reserve(): boolean {
    if (!this.hasRoom) return false
    this.#occupancy.enter()
    return true
  }

  /** Ends a reservation; false when the slot is dead. */
  free(): boolean {
    this.#occupancy.leave()
    return this.#state !== 'dead'
  }

  /** Has the thread stop, if a call runs there, ahead of `end`, which is to be called before the event loop goes on. */
  halt(): void {
    if (this.#state !== 'dead' && !this.#occupancy.isEmpty) this.#thread.terminate()
  }

  /** Ends the thread, whatever it does; `gone` tells when it has ended. Idempotent. */
  end(reason: unknown): void {
    this.#die(reason)
  }

  /** Lets the process end without it: it was ended and goes on. */
  abandon(): void {
    this.#thread.hold(false)
  }

  #startWithin(timeoutMs: number): void {
    const late = () =>
      this.#die(this.calls.late(errors.DEADLINE_EXCEEDED({ timeoutMs, limit: 'startMs' }), undefined))
    const timer = setTimeout(late, timeoutMs)
    this.ready.finally(() => clearTimeout(timer)).catch(() => {})
  }

  #receive(message: FromThread): void {
    // What the plugin did before it was ended is heard of even when the word comes later.
    if (message.type === 'access' || message.type === 'log') this.#onEvent(message)
    else if (this.#state !== 'dead') this.#answer(message)
  }

  #answer(message: Exclude<FromThread, Happened>): void {
    switch (message.type) {
      case 'ready':
        this.#state = 'ready'
        this.#lost = message.lost && decodeError(message.lost)
        this.#rest(true)
        this.#settleReady.resolve()
        return
      case 'failed':
        this.#die(decodeError(message.error))
        return
      case 'memory':
        this.#memoryBytes = message.bytes
        this.#onMemory()
        return
      case 'response':
        this.calls.receive(message)
        return
      case 'result':
        if (message.used !== undefined) this.#meter.take(message.used)
        this.calls.receive(message)
    }
  }

  /** An idle plugin does not keep the process alive. One that is ending does: somebody may wait for `gone`. */
  #rest(isResting: boolean): void {
    if (isResting && this.#state === 'dead') return
    this.#thread.hold(!isResting)
    this.#server.idle(isResting)
  }

  #die(reason: unknown): void {
    if (this.#state === 'dead') return
    this.cpuMs()
    this.#state = 'dead'
    this.#endedFor = { error: reason as Error }
    this.calls.close()
    this.#server.close()
    this.#thread.hold(true)
    this.#thread.terminate()
    this.#settleReady.reject(reason)
    this.calls.rejectAll(reason)
  }
}
