import { ComponentError } from '@wasm-plugin/runtime'
import type { GrantSet } from '@wasm-plugin/wasi'
import type { ExportedFunction } from '../contract/contract.js'
import { type EndSignal, onEnd } from '../ending.js'
import { errors } from '../errors/index.js'
import { decodeError } from '../errors/wire-error.js'
import { AppLane } from '../lane/app-lane.js'
import type { AsyncContext, StartThread, ThreadPort } from '../ports.js'
import type { ThreadResources } from '../resource/thread-resources.js'
import { inTurns } from '../turn.js'
import type {
  AnsweredMessage,
  FromThread,
  HostRequest,
  Outcome,
  ThreadEvent,
  ThreadInit,
} from '../wire/messages.js'
import { tooLarge } from '../wire/room.js'
import type { ThreadServer } from './host-functions.js'
import { callingRun, type HostRun, late, within } from './host-run.js'

export type SlotState = 'starting' | 'ready' | 'dead'

/** Calls that one instance may run at a time: an export returns before the next one is entered. */
const CAPACITY = 1

export interface SlotSpec {
  readonly startThread: StartThread
  readonly init: Omit<ThreadInit, 'lane'>
  readonly heapBytes: number
  readonly startMs: number
  readonly runs: AsyncContext
  /** Makes what answers one thread. */
  readonly serve: () => ThreadServer
  /** Called when the thread of that number is no more. */
  readonly onThreadEnd: (thread: number) => void
  readonly onEvent: (message: ThreadEvent) => void
}

export interface SlotCall {
  /** Unique in the host. */
  readonly id: number
  readonly func: ExportedFunction
  /** Plain values, for which the thread has room. */
  readonly args: readonly unknown[]
  /** Memory of the arguments that the thread may have. */
  readonly transfer?: readonly ArrayBuffer[]
  readonly fuel: number | undefined
  readonly signal: EndSignal
}

/** What came of a call. */
export type Settled = { readonly value: unknown } | { readonly error: Error }

/** What may ask for a function of the application: the start of an instance, or a call. */
interface Asking {
  /** The function that it waits for. */
  waitsFor: HostRun | undefined
}

/** A call that the thread has and has not answered. */
interface Running extends Asking {
  /** What made it. */
  readonly caller: HostRun | undefined
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: unknown) => void
}

/**
 * One thread with one instance of a plugin. A call that does not end by itself is ended with its thread: a slot that was
 * aborted is dead and is never used again.
 */
export class Slot {
  #state: SlotState = 'starting'
  /** Settles when the plugin is instantiated; rejects with the reason why it cannot be. */
  readonly ready: Promise<void>
  /** Resolves when the thread is gone, and everything that it sent has been taken in. */
  readonly gone: Promise<void>

  readonly #thread: ThreadPort
  readonly #lane: AppLane
  readonly #maxValues: number
  readonly #runs: AsyncContext
  readonly #grants: GrantSet
  readonly #onEvent: SlotSpec['onEvent']
  /** By their ids. */
  readonly #calls = new Map<number, Running>()
  /** Calls that it was reserved for. */
  #reserved = 0
  readonly #start: Asking = { waitsFor: undefined }
  readonly #server: ThreadServer
  #settleReady!: { resolve: () => void; reject: (error: unknown) => void }

  constructor(spec: SlotSpec) {
    this.#onEvent = spec.onEvent
    this.#runs = spec.runs
    this.#grants = spec.init.grants
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
    const { limits } = spec.init
    this.#maxValues = limits.liftedValues
    this.#lane = new AppLane(limits, () => this.#thread.post({ type: 'lane' }))
    const init = { ...spec.init, lane: this.#lane.buffer }
    this.#thread = spec.startThread(
      { init, heapBytes: spec.heapBytes },
      {
        ask: (request, call) => this.#serve(request, call),
        onMessage: (message) => this.#receive(message),
        onCrash: (error) => this.#die(error),
        onExit: (thread, reason) => {
          spec.onThreadEnd(thread)
          this.#die(errors.WORKER_CRASHED({ reason }))
          exited()
        },
      },
    )
    const timer = setTimeout(
      () =>
        this.#die(
          late(errors.DEADLINE_EXCEEDED({ timeoutMs: spec.startMs, limit: 'startMs' }), this.#start.waitsFor),
        ),
      spec.startMs,
    )
    this.ready.finally(() => clearTimeout(timer)).catch(() => {})
  }

  /** What this thread shares with the application; the home of the plugin's resources in it. */
  get resources(): ThreadResources {
    return this.#server.resources
  }

  get state(): SlotState {
    return this.#state
  }

  /** Whether it may be reserved for a call. */
  get hasRoom(): boolean {
    return this.#state === 'ready' && this.#reserved < CAPACITY
  }

  /** Takes the slot for one call; false when it has no room (any more). */
  reserve(): boolean {
    if (!this.hasRoom) return false
    this.#reserved++
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
  beginOnLane({ id, func, args, fuel }: Omit<SlotCall, 'signal'>): Settled | 'underway' | undefined {
    if (!this.#lane.begin(func, { id, args, fuel })) return undefined
    return (this.#lane.spin() && this.#settled()) || 'underway'
  }

  /** The outcome of a call that is under way on the lane. */
  async endOnLane(id: number, signal: EndSignal): Promise<unknown> {
    // Reading the arguments may have run code of the application.
    if (signal.aborted) this.#die(signal.reason)
    return await this.#outcome(id, signal, () => {
      void this.#lane.answered().then(() => {
        const settled = this.#settled()
        if (settled === undefined) return
        if ('error' in settled) this.#calls.get(id)?.reject(settled.error)
        else this.#calls.get(id)?.resolve({ ok: true, value: settled.value })
      })
    })
  }

  /** Undefined where the outcome comes as a message, or never. */
  #settled(): Settled | undefined {
    if (this.#state === 'dead') return undefined
    const reply = this.#lane.take()
    switch (reply.status) {
      case 'value':
        return { value: reply.value }
      case 'err':
        return { error: new ComponentError(reply.value) }
      case 'refused':
        return { error: tooLarge(this.#maxValues) }
      case 'posted':
        return undefined
    }
  }

  /** Runs the destructor of a resource that lives in this thread. Only for a reserved slot. */
  async drop(resource: number, { id, fuel, signal }: Omit<SlotCall, 'func' | 'args'>): Promise<void> {
    await this.#run({ type: 'drop', id, resource, ...fuelled(fuel) }, signal)
  }

  async #run(
    message: AnsweredMessage,
    signal: EndSignal,
    transfer?: readonly ArrayBuffer[],
  ): Promise<unknown> {
    return await this.#outcome(message.id, signal, () => {
      this.#thread.post(message, transfer)
      this.#lane.leave()
    })
  }

  /** Waits for the outcome of a call, which `begin` begins. */
  async #outcome(id: number, signal: EndSignal, begin: () => void): Promise<unknown> {
    if (signal.aborted) throw signal.reason
    const caller = callingRun(this.#runs)
    begin()
    this.#thread.hold(true)
    this.#server.idle(false)
    const off = onEnd(signal, () => this.#stop(id, signal.reason))
    try {
      const outcome = await new Promise<Outcome>((resolve, reject) => {
        this.#calls.set(id, { caller, waitsFor: undefined, resolve, reject })
      })
      if (outcome.ok) return outcome.value
      throw decodeError(outcome.error)
    } finally {
      off()
      this.#calls.delete(id)
      // One that is ending does keep the process alive: somebody may wait for `gone`.
      if (this.#calls.size === 0 && this.#state !== 'dead') this.#rest()
    }
  }

  /** Ends a call that must not go on. A running plugin cannot be asked to stop, so its thread ends with it. */
  #stop(id: number, reason: unknown): void {
    this.#die(late(reason, this.#calls.get(id)?.waitsFor))
  }

  /** Ends the thread, whatever it does; `gone` tells when it has ended. Idempotent. */
  end(reason: unknown): void {
    this.#die(reason)
  }

  /** Lets the process end without it: it was ended and goes on. */
  abandon(): void {
    this.#thread.hold(false)
  }

  async #serve(request: HostRequest, id: number | undefined): Promise<Outcome> {
    const call = id === undefined ? undefined : this.#calls.get(id)
    const isFunction = request.kind === 'function'
    const run: HostRun = {
      slot: this,
      grants: this.#grants,
      call: id,
      name: nameOf(request),
      since: performance.now(),
      caller: call?.caller,
      answered: !isFunction,
    }
    const answer = () => within(this.#runs, run, () => this.#server.answer(request))
    if (!isFunction) return await answer()
    const asking: Asking = call ?? (id === undefined ? this.#start : { waitsFor: undefined })
    asking.waitsFor = run
    try {
      return await answer()
    } finally {
      run.answered = true
      asking.waitsFor = undefined
    }
  }

  #receive(message: FromThread): void {
    // What the plugin did before it was ended is heard of even when the word comes later.
    if (message.type === 'access' || message.type === 'log') this.#onEvent(message)
    else if (this.#state !== 'dead') this.#answer(message)
  }

  #answer(message: Exclude<FromThread, ThreadEvent>): void {
    switch (message.type) {
      case 'ready':
        this.#state = 'ready'
        this.#rest()
        this.#settleReady.resolve()
        return
      case 'failed':
        this.#die(decodeError(message.error))
        return
      case 'result':
        this.#calls.get(message.id)?.resolve(message.outcome)
    }
  }

  /** An idle plugin does not keep the process alive. */
  #rest(): void {
    this.#thread.hold(false)
    this.#server.idle(true)
  }

  #die(reason: unknown): void {
    if (this.#state === 'dead') return
    this.#state = 'dead'
    this.#lane.close()
    this.#server.close()
    this.#thread.hold(true)
    this.#thread.terminate()
    this.#settleReady.reject(reason)
    for (const { reject } of this.#calls.values()) reject(reason)
  }
}

function nameOf(request: HostRequest): string {
  if (request.kind === 'service') return request.service
  if (request.kind !== 'function') return request.kind
  const { instance, func } = request
  return instance === null ? func : `${instance}#${func}`
}

/** The value; throws the error. */
function unwrap(settled: Settled): unknown {
  if ('error' in settled) throw settled.error
  return settled.value
}

function fuelled(fuel: number | undefined): { fuel?: number } {
  return fuel === undefined ? {} : { fuel }
}
