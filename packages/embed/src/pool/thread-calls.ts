import type { HostFunction } from '../contract/host-function.js'
import { Ending, type EndSignal } from '../ending.js'
import { decodeError } from '../errors/wire-error.js'
import { AppLane, type LaneCall, type LaneFunction } from '../lane/app-lane.js'
import type { LaneReply } from '../lane/requests.js'
import type { ThreadResources } from '../resource/thread-resources.js'
import { inTurns } from '../turn.js'
import type { AnsweredMessage, AppRequest, FromThread, Outcome, ToThread } from '../wire/messages.js'
import { Answering } from './answering.js'
import { AskedFunctions } from './asked-functions.js'
import type { ThreadServer } from './host-functions.js'
import { late } from './host-run.js'
import { RunningCalls } from './running-calls.js'
import { fuelled, NotBegun, type Settled, type SlotCall, settledBy, unwrap } from './slot-call.js'
import type { SlotSpec } from './slot-spec.js'

export interface CallsParts {
  readonly spec: SlotSpec
  /** Whose calls they are. */
  readonly slot: object
  readonly thread: CallsThread
  readonly server: ThreadServer
}

/** What runs them. */
export interface CallsThread {
  /** Why it was ended; undefined of one that goes on. */
  endedFor(): { readonly error: Error } | undefined
  post(message: ToThread, transfer?: readonly ArrayBuffer[]): void
  /** There is a first call, or none any more. */
  rest(isResting: boolean): void
  end(reason: unknown): void
}

/** The calls of one thread, by shared memory and by message, and what it asks of the application in them. */
export class ThreadCalls {
  /** Requests and programs, only for a reserved slot. */
  readonly answering: Answering
  readonly #thread: CallsThread
  readonly #lane: AppLane
  readonly #running: RunningCalls
  readonly #asked: AskedFunctions
  readonly #resources: ThreadResources
  readonly #maxValues: number
  #isHome = false

  constructor({ spec, slot, thread, server }: CallsParts) {
    const { runs, init, isShared, functions, onAnswered } = spec
    this.#thread = thread
    this.#resources = server.resources
    this.#running = new RunningCalls({
      runs,
      rest: (isResting) => thread.rest(isResting),
      stop: (id, reason) => this.#stop(id, reason),
    })
    this.#maxValues = init.limits.liftedValues
    this.#lane = new AppLane({
      isUsed: isShared,
      limits: init.limits,
      summon: () => thread.post({ type: 'lane' }),
      settle: (id, reply) => this.#settle(id, reply),
      show: (id, value) => this.answering.takeShown(id, value),
      functionType: (func) => (functions[func] as HostFunction).type,
      answer: (question) => this.#asked.answerInPlace(question),
      keep: (question, value) => this.#asked.keep(question, value),
    })
    this.answering = new Answering({
      ...{ calls: this, init, isShared },
      end: (reason) => thread.end(reason),
      accept: (exchange) => server.accept(exchange),
      run: (message, signal) => this.#send(message, signal),
    })
    this.#asked = new AskedFunctions({
      ...{ slot, runs, functions, server, onAnswered },
      grants: init.grants,
      callerOf: (call) => this.#running.find(call),
    })
  }

  /** The memory that the thread shares. */
  get lane(): SharedArrayBuffer {
    return this.#lane.buffer
  }

  /** Objects of the application may live in it. */
  get isHome(): boolean {
    return this.#isHome
  }

  /** Calls on the lane. */
  get onLane(): number {
    return this.#lane.calls
  }

  /** Runs one export. Only for a reserved slot. */
  async run({ id, func, args, transfer, fuel, signal }: SlotCall): Promise<unknown> {
    const { handles } = func
    const message = { type: 'call', id, func: func.index, ...fuelled(fuel) } as const
    if (handles === null) {
      const begun = this.beginOnLane({ id, func, args, fuel })
      if (begun === 'underway') return await this.endOnLane(id, signal)
      return begun === undefined ? await this.#send({ ...message, args }, signal, transfer) : unwrap(begun)
    }

    this.#isHome = true
    const scope = this.#resources.begin()
    try {
      const sent = { ...message, args: scope.send(handles, args) }
      const result = await this.#send(sent, signal, transfer)
      return await inTurns(handles.inSteps.result(result, scope.toApp), signal)
    } catch (error) {
      // The thread would keep what the application never got.
      if (signal.aborted) this.#thread.end(signal.reason)
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
    return this.#thread.endedFor() ?? 'underway'
  }

  /** The outcome of a call that is under way on the lane; `NotBegun` where it has to be run elsewhere. */
  async endOnLane(id: number, signal: EndSignal): Promise<unknown> {
    if (signal.aborted) {
      // While its arguments were read, or a function of the application ran that it asked for.
      const reason = this.late(signal.reason, id)
      this.#stop(id, reason)
      throw reason
    }
    return await this.#running.outcome(id, signal, () => this.#lane.watch())
  }

  /** Runs the destructor of a resource that lives in this thread. Only for a reserved slot. */
  async drop(resource: number, { id, fuel, signal }: Omit<SlotCall, 'func' | 'args'>): Promise<void> {
    await this.#send({ type: 'drop', id, resource, ...fuelled(fuel) }, signal)
  }

  /** What its functions have used, when it has answered what it was given before. Undecoded. */
  async functionUnits(id: number): Promise<unknown> {
    return await this.#send({ type: 'fuel', id }, new Ending())
  }

  /** What the instance keeps, as it says. Only for a slot that leaves. */
  async save(
    message: { readonly id: number; readonly maxBytes: number },
    signal: EndSignal,
  ): Promise<unknown> {
    return await this.#send({ type: 'save', ...message }, signal)
  }

  /** Takes a call back from the lane that has not begun there; false where it has. */
  takeBack(id: number, reason: unknown): boolean {
    if (this.#lane.withdraw(id) === undefined) return false
    this.#running.reject(id, reason)
    return true
  }

  /** Has a call run elsewhere that waits on the lane; false where each has begun. */
  giveBack(): boolean {
    return this.#lane.ids().some((id) => this.#withdraw(id))
  }

  /** Answers what the thread asks of the application by message. */
  answer(request: AppRequest, call: number | undefined): Promise<Outcome> {
    if (request.kind === 'debug' && call !== undefined) this.#running.failed(call)
    return this.#asked.answer(request, call)
  }

  /** The thread has been woken with an answer. */
  answered(): void {
    this.#lane.look()
  }

  /** Takes in what a plugin answers. */
  receive(message: Extract<FromThread, { type: 'response' | 'result' }>): void {
    // What was shown before comes before.
    this.#lane.showAll()
    if (message.type === 'response') {
      this.answering.take(message.call, message.pieces, false)
      return
    }
    const { id, outcome, pieces = [] } = message
    if (!this.answering.take(id, pieces, true)) return
    this.#lane.heard(id)
    if (outcome.ok) this.#running.resolve(id, outcome.value)
    else this.#running.reject(id, decodeError(outcome.error))
  }

  /** A deadline names the function that a call, or the start, waited for. */
  late(reason: unknown, call: number | undefined): unknown {
    return late(reason, this.#asked.lastOf(call))
  }

  /** The thread answers nothing any more: what has not begun is run elsewhere, for the rest `rejectAll` has the reason. */
  close(): void {
    for (const id of this.#lane.ids()) this.#withdraw(id)
    this.#lane.close()
  }

  rejectAll(reason: unknown): void {
    this.#running.rejectAll(reason)
  }

  /** To be called when it is closed and the thread is gone. */
  free(): void {
    this.#lane.free()
  }

  async #send(
    message: AnsweredMessage,
    signal: EndSignal,
    transfer?: readonly ArrayBuffer[],
  ): Promise<unknown> {
    return await this.#running.outcome(message.id, signal, () => {
      this.#thread.post(message, transfer)
      this.#lane.leave()
    })
  }

  #settle(id: number, reply: LaneReply): void {
    const settled = settledBy(reply, this.#maxValues)
    if ('error' in settled) this.#running.reject(id, settled.error)
    else this.#running.resolve(id, settled.value)
  }

  #withdraw(id: number): boolean {
    const args = this.#lane.withdraw(id)
    if (args === undefined) return false
    this.#running.resolve(id, new NotBegun(args))
    return true
  }

  /** Ends a call that must not go on. A running plugin cannot be asked to stop, so its thread ends with it. */
  #stop(id: number, reason: unknown): void {
    if (!this.takeBack(id, reason) && !this.#lane.isSettled(id)) this.#thread.end(this.late(reason, id))
  }
}
