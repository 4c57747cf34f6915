import type { GrantVersion, RuleState } from '@wasm-plugin/wasi/gate'
import type { HostFunction } from '../contract/host-function.js'
import { Ending, type EndSignal } from '../ending.js'
import { errors } from '../errors/index.js'
import { decodeError } from '../errors/wire-error.js'
import { AppLane, type LaneCall, type LaneFunction } from '../lane/app-lane.js'
import type { LaneReply } from '../lane/requests.js'
import { ThreadMeter } from '../lane/thread-meter.js'
import type { AsyncContext, Sampler, StartThread, ThreadPort } from '../ports.js'
import type { ThreadResources } from '../resource/thread-resources.js'
import { type Counts, type FuelCounts, type Meter, readFunctionUnits } from '../stats/index.js'
import { inTurns } from '../turn.js'
import type { AnsweredMessage, FromThread, Happened, ThreadInit } from '../wire/messages.js'
import { Answering } from './answering.js'
import { AskedFunctions } from './asked-functions.js'
import type { ThreadServer } from './host-functions.js'
import { type HostRun, late } from './host-run.js'
import { RunningCalls } from './running-calls.js'
import { fuelled, NotBegun, type Settled, type SlotCall, settledBy, unwrap } from './slot-call.js'

export type SlotState = 'starting' | 'ready' | 'dead'

/** Calls that one instance may run at a time: an export returns before the next one is entered. */
const CAPACITY = 1

/** Of all slots. */
let uses = 0

export interface SlotSpec {
  readonly startThread: StartThread
  readonly init: Omit<ThreadInit, 'lane'>
  readonly heapBytes: number
  readonly rules: RuleState
  readonly latest: () => GrantVersion
  /** The thread shares memory with the application, and may be called by way of it. */
  readonly isShared: boolean
  readonly startMs: number
  readonly runs: AsyncContext
  /** Functions of the application that may be asked for by shared memory, by their indices there. */
  readonly functions: readonly HostFunction[]
  /** Makes what answers one thread. */
  readonly serve: () => ThreadServer
  /** Called when the thread of that number is no more. */
  readonly onThreadEnd: (thread: number) => void
  /** Called when a function of the application, or a service, has answered. */
  readonly onAnswered: (run: HostRun) => void
  readonly onEvent: (message: Happened) => void
  /** Counts what a thread uses; the answer is to be called when it is gone. */
  readonly measure: (meter: Meter) => () => void
}

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
  /** Requests and programs, only for a reserved slot. */
  readonly answering: Answering

  readonly #thread: ThreadPort
  readonly #lane: AppLane
  readonly #maxValues: number
  readonly #onEvent: SlotSpec['onEvent']
  readonly #calls: RunningCalls
  /** Calls that it was reserved for. */
  #reserved = 0
  #uses = 0
  #lastUse = 0
  #isHome = false
  #memoryBytes = 0
  /** Why it is dead. */
  #endedFor: { readonly error: Error } | undefined
  readonly #meter: ThreadMeter
  /** When it was looked at last. */
  #cpuMs: number | undefined
  readonly #onMemory: () => void
  readonly #asked: AskedFunctions
  readonly #server: ThreadServer
  #settleReady!: { resolve: () => void; reject: (error: unknown) => void }

  /** @param onMemory called when its memory is larger or smaller than it was */
  constructor(spec: SlotSpec, onMemory: () => void) {
    this.#onEvent = spec.onEvent
    this.#onMemory = onMemory
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject }
    })
    // A slot may die before anybody waits for it; the pool hears of it on acquire.
    this.ready.catch(() => {})
    this.#server = spec.serve()
    let exited = () => {}
    this.gone = new Promise((resolve) => {
      exited = resolve
    })
    this.#calls = new RunningCalls({
      runs: spec.runs,
      rest: (isResting) => this.#rest(isResting),
      stop: (id, reason) => this.#stop(id, reason),
    })
    const { limits } = spec.init
    this.#maxValues = limits.liftedValues
    this.#lane = new AppLane({
      isUsed: spec.isShared,
      limits,
      summon: () => this.#thread.post({ type: 'lane' }),
      settle: (id, reply) => this.#settle(id, reply),
      show: (id, value) => this.answering.takeShown(id, value),
      functionType: (func) => (spec.functions[func] as HostFunction).type,
      answer: (question) => this.#asked.answerInPlace(question),
      keep: (question, value) => this.#asked.keep(question, value),
    })
    this.answering = new Answering({
      ...{ slot: this, init: spec.init, isShared: spec.isShared },
      accept: (exchange) => this.#server.accept(exchange),
      run: (message, signal) => this.#run(message, signal),
    })
    this.#asked = new AskedFunctions({
      slot: this,
      runs: spec.runs,
      grants: spec.init.grants,
      functions: spec.functions,
      server: this.#server,
      onAnswered: spec.onAnswered,
      callerOf: (call) => this.#calls.find(call),
    })
    const init = { ...spec.init, lane: this.#lane.buffer }
    this.#meter = new ThreadMeter(init.lane)
    let left = () => {}
    this.#thread = spec.startThread(
      { init, heapBytes: spec.heapBytes, rules: spec.rules, latest: spec.latest },
      {
        ask: (request, call) => {
          if (request.kind === 'debug' && call !== undefined) this.#calls.failed(call)
          return this.#asked.answer(request, call)
        },
        onAnswered: () => this.#lane.look(),
        onMessage: (message) => this.#receive(message),
        onCrash: (error) => this.#die(error),
        onExit: (thread, reason) => {
          spec.onThreadEnd(thread)
          this.#die(errors.WORKER_CRASHED({ reason }))
          left()
          this.#lane.free()
          exited()
        },
      },
    )
    left = spec.measure(this)
    const timer = setTimeout(
      () =>
        this.#die(
          late(
            errors.DEADLINE_EXCEEDED({ timeoutMs: spec.startMs, limit: 'startMs' }),
            this.#asked.lastOf(undefined),
          ),
        ),
      spec.startMs,
    )
    this.ready.finally(() => clearTimeout(timer)).catch(() => {})
  }

  /** What this thread shares with the application; the home of the plugin's resources in it. */
  get resources(): ThreadResources {
    return this.#server.resources
  }

  /** What looks at its thread; undefined where nothing can. */
  sampler(): Sampler | undefined {
    return this.#thread.sampler?.()
  }

  /** How often it was reserved: the same number twice says that it was idle meanwhile. */
  get uses(): number {
    return this.#uses
  }

  /** Rises with every use of any slot. */
  get lastUse(): number {
    return this.#lastUse
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

  /** Whether nothing is lost but the state of the instance when it ends. */
  get isDispensable(): boolean {
    return this.#state === 'ready' && this.#reserved === 0 && !this.#isHome
  }

  get state(): SlotState {
    return this.#state
  }

  /** Whether it may be reserved for a call. */
  get hasRoom(): boolean {
    return this.#state === 'ready' && this.#reserved < CAPACITY
  }

  /** Whether calls of the lane are all that it runs, and one more may be put there. */
  get hasRoomOnLane(): boolean {
    return this.#state === 'ready' && this.#lane.calls > 0
  }

  /** Calls on the lane that wait for others there. */
  get waiting(): number {
    return Math.max(0, this.#lane.calls - 1)
  }

  /** Reserves it for a call that is put behind the others on the lane. */
  join(): void {
    this.#reserved++
    this.#uses++
    this.#lastUse = ++uses
  }

  /** Has a call run elsewhere that waits on the lane; false where each has begun. */
  giveBack(): boolean {
    return this.#lane.ids().some((id) => this.#withdraw(id))
  }

  /** Takes the slot for one call; false when it has no room (any more). */
  reserve(): boolean {
    if (!this.hasRoom) return false
    this.#reserved++
    this.#uses++
    this.#lastUse = ++uses
    return true
  }

  /** Ends a reservation; false when the slot is dead. */
  free(): boolean {
    this.#reserved--
    return this.#state !== 'dead'
  }

  /** Runs one export. Only for a reserved slot. */
  async call({ id, func, args, transfer, fuel, signal }: SlotCall): Promise<unknown> {
    const { handles } = func
    const message = { type: 'call', id, func: func.index, ...fuelled(fuel) } as const
    if (handles === null) {
      const begun = this.beginOnLane({ id, func, args, fuel })
      if (begun === 'underway') return await this.endOnLane(id, signal)
      return begun === undefined ? await this.#run({ ...message, args }, signal, transfer) : unwrap(begun)
    }

    // Objects of the application may live in it from now on.
    this.#isHome = true
    const scope = this.resources.begin()
    try {
      const sent = { ...message, args: scope.send(handles, args) }
      const result = await this.#run(sent, signal, transfer)
      return await inTurns(handles.inSteps.result(result, scope.toApp), signal)
    } catch (error) {
      // The thread would keep what the application never got.
      if (signal.aborted) this.#die(signal.reason)
      throw await inTurns(handles.inSteps.error(error, scope.toApp))
    } finally {
      scope.end()
    }
  }

  /**
   * Begins a call by shared memory: its outcome, where that takes some microseconds; 'underway', where `endOnLane` has it
   * later; undefined, where it has to go by message. Only for a reserved slot.
   */
  beginOnLane({ func, ...call }: { func: LaneFunction } & LaneCall): Settled | 'underway' | undefined {
    if (!this.#lane.begin(func, call)) return undefined
    const reply = this.#lane.calls === 1 ? this.#lane.spin() : undefined
    if (reply !== undefined) return settledBy(reply, this.#maxValues)
    return this.#endedFor ?? 'underway'
  }

  /** The outcome of a call that is under way on the lane; `NotBegun` where it has to be run elsewhere. */
  async endOnLane(id: number, signal: EndSignal): Promise<unknown> {
    if (signal.aborted) {
      // While its arguments were read, or a function of the application ran that it asked for.
      const reason = late(signal.reason, this.#asked.lastOf(id))
      this.#stop(id, reason)
      throw reason
    }
    return await this.#calls.outcome(id, signal, () => this.#lane.watch())
  }

  /** What its instances have used, when it has answered what it was given before. */
  async fuel(id: number): Promise<FuelCounts> {
    await this.ready
    if (this.#endedFor !== undefined) throw this.#endedFor.error
    const units = readFunctionUnits(await this.#run({ type: 'fuel', id }, new Ending()))
    return { fuel: this.counts().fuel, units }
  }

  #settle(id: number, reply: LaneReply): void {
    const settled = settledBy(reply, this.#maxValues)
    if ('error' in settled) this.#calls.reject(id, settled.error)
    else this.#calls.resolve(id, settled.value)
  }

  #withdraw(id: number): boolean {
    const args = this.#lane.withdraw(id)
    if (args === undefined) return false
    this.#calls.resolve(id, new NotBegun(args))
    return true
  }

  /** Runs the destructor of a resource that lives in this thread. Only for a reserved slot. */
  async drop(resource: number, { id, fuel, signal }: Omit<SlotCall, 'func' | 'args'>): Promise<void> {
    await this.#run({ type: 'drop', id, resource, ...fuelled(fuel) }, signal)
  }

  /** Takes a call back from the lane that has not begun there; false where it has. */
  takeBack(id: number, reason: unknown): boolean {
    if (this.#lane.withdraw(id) === undefined) return false
    this.#calls.reject(id, reason)
    return true
  }

  async #run(
    message: AnsweredMessage,
    signal: EndSignal,
    transfer?: readonly ArrayBuffer[],
  ): Promise<unknown> {
    return await this.#calls.outcome(message.id, signal, () => {
      this.#thread.post(message, transfer)
      this.#lane.leave()
    })
  }

  /** Ends a call that must not go on. A running plugin cannot be asked to stop, so its thread ends with it. */
  #stop(id: number, reason: unknown): void {
    if (!this.takeBack(id, reason) && !this.#lane.isSettled(id))
      this.#die(late(reason, this.#asked.lastOf(id)))
  }

  /** Has the thread stop, if a call runs there, ahead of `end`, which is to be called before the event loop goes on. */
  halt(): void {
    if (this.#state !== 'dead' && this.#reserved > 0) this.#thread.terminate()
  }

  /** Ends the thread, whatever it does; `gone` tells when it has ended. Idempotent. */
  end(reason: unknown): void {
    this.#die(reason)
  }

  /** Lets the process end without it: it was ended and goes on. */
  abandon(): void {
    this.#thread.hold(false)
  }

  #receive(message: FromThread): void {
    // What the plugin did before it was ended is heard of even when the word comes later.
    if (message.type === 'access' || message.type === 'log') this.#onEvent(message)
    else if (this.#state !== 'dead') this.#answer(message)
  }

  #answer(message: Exclude<FromThread, Happened>): void {
    switch (message.type) {
      case 'response':
        // What was shown before comes before.
        this.#lane.showAll()
        this.answering.take(message.call, message.pieces, false)
        return
      case 'ready':
        this.#state = 'ready'
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
      case 'result': {
        const { id, outcome, pieces = [], used } = message
        if (used !== undefined) this.#meter.take(used)
        this.#lane.showAll()
        if (!this.answering.take(id, pieces, true)) return
        this.#lane.heard(id)
        if (outcome.ok) this.#calls.resolve(id, outcome.value)
        else this.#calls.reject(id, decodeError(outcome.error))
      }
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
    for (const id of this.#lane.ids()) this.#withdraw(id)
    this.#lane.close()
    this.#server.close()
    this.#thread.hold(true)
    this.#thread.terminate()
    this.#settleReady.reject(reason)
    this.#calls.rejectAll(reason)
  }
}
