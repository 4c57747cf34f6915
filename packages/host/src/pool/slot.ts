import { type MessagePort, Worker } from 'node:worker_threads'
import { PluginError } from '@wasm-plugin/runtime'
import type { ExportedFunction } from '../contract/contract.js'
import { errors } from '../errors/index.js'
import { decodeError } from '../errors/wire-error.js'
import { onAbort } from '../on-abort.js'
import type { ThreadResources } from '../resource/thread-resources.js'
import { inTurns } from '../turn.js'
import type { FromWorker, HostRequest, Outcome, ToWorker, WorkerInit } from '../wire/messages.js'
import { createChannel, receive, serveChannel } from '../wire/sync-channel.js'
import type { ThreadEntry } from '../worker-url.js'
import type { ThreadServer } from './host-functions.js'
import { callingRun, type HostRun, within } from './host-run.js'

export type SlotState = 'starting' | 'idle' | 'busy' | 'dead'

export interface SlotSpec {
  readonly entry: ThreadEntry
  readonly init: Omit<WorkerInit, 'channel'>
  readonly heapBytes: number
  readonly startMs: number
  /** Makes what answers one thread. */
  readonly serve: () => ThreadServer
  /** Called when the thread of that number is no more. */
  readonly onThreadEnd: (thread: number) => void
  /** `call` is the id of the call that it happened in; undefined at the start. */
  readonly onEvent: (
    message: Extract<FromWorker, { type: 'access' | 'log' }>,
    call: number | undefined,
  ) => void
}

export interface SlotCall {
  /** Unique in the host. */
  readonly id: number
  readonly func: ExportedFunction
  /** Plain values, for which the thread has room. */
  readonly args: readonly unknown[]
  readonly fuel: number | undefined
  readonly signal: AbortSignal
}

interface Pending {
  readonly id: number
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: unknown) => void
}

/**
 * One thread with one instance of a plugin. The only file of the host's side that knows `Worker`. A call that does not
 * end by itself is ended with its thread: a slot that was aborted is dead and is never used again.
 */
export class Slot {
  state: SlotState = 'starting'
  /** Settles when the plugin is instantiated; rejects with the reason why it cannot be. */
  readonly ready: Promise<void>
  /** Resolves when the thread is gone, and everything that it sent has been taken in. */
  readonly gone: Promise<void>

  readonly #worker: Worker
  readonly #pieces: MessagePort
  readonly #stopServing: () => void
  readonly #heapBytes: number
  readonly #onEvent: SlotSpec['onEvent']
  #pending: Pending | undefined
  /** The call that runs, or that ran last. */
  #lastCall: number | undefined
  /** What made the call that runs. */
  #caller: HostRun | undefined
  /** What the thread waits for. */
  #waitsFor: HostRun | undefined
  readonly #server: ThreadServer
  #settleReady!: { resolve: () => void; reject: (error: unknown) => void }

  constructor(spec: SlotSpec) {
    this.#heapBytes = spec.heapBytes
    this.#onEvent = spec.onEvent
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject }
    })
    // A slot may die before anybody waits for it; the pool hears of it on acquire.
    this.ready.catch(() => {})
    const channel = createChannel()
    this.#server = spec.serve()
    this.#pieces = channel.pieces
    this.#stopServing = serveChannel(channel, {
      handle: (request) => this.#serve(request),
      maxValues: spec.init.limits.liftedValues,
    })
    this.#worker = new Worker('source' in spec.entry ? spec.entry.source : spec.entry, {
      eval: 'source' in spec.entry,
      name: spec.init.plugin,
      workerData: { ...spec.init, channel: channel.worker } satisfies WorkerInit,
      transferList: [channel.worker.port, channel.worker.pieces],
      // Nothing of the process is visible in the thread, and what is printed there by mistake stays there.
      env: {},
      argv: [],
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: spec.heapBytes / 2 ** 20, stackSizeMb: 4 },
    })
    this.#worker.on('message', (message: FromWorker) => this.#receive(message))
    this.#worker.on('error', (error) => this.#die(this.#explain(error)))
    const thread = this.#worker.threadId
    this.gone = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        spec.onThreadEnd(thread)
        this.#die(errors.WORKER_CRASHED({ reason: `exit code ${code}` }))
        resolve()
      })
    })
    const timer = setTimeout(
      () => this.#die(this.#late(errors.DEADLINE_EXCEEDED({ timeoutMs: spec.startMs, limit: 'startMs' }))),
      spec.startMs,
    )
    this.ready.finally(() => clearTimeout(timer)).catch(() => {})
  }

  /** What this thread shares with the application; the home of the plugin's resources in it. */
  get resources(): ThreadResources {
    return this.#server.resources
  }

  /** Takes an idle slot for one call; false when it is not idle (any more). */
  reserve(): boolean {
    if (this.state !== 'idle') return false
    this.state = 'busy'
    return true
  }

  /** Ends the reservation; false when the slot is dead. */
  free(): boolean {
    if (this.state === 'busy') this.state = 'idle'
    return this.state !== 'dead'
  }

  /** Runs one export. Only for a reserved slot. */
  async call({ id, func, args, fuel, signal }: SlotCall): Promise<unknown> {
    const { handles } = func
    const message = { type: 'call', id, func: func.index, ...fuelled(fuel) } as const
    if (handles === null) return await this.#run({ ...message, args }, signal)

    const scope = this.resources.begin()
    try {
      const sent = { ...message, args: scope.send(handles, args) }
      const result = await this.#run(sent, signal)
      return await inTurns(handles.inSteps.result(result, scope.toApp), signal)
    } catch (error) {
      // The thread would keep what the application never got.
      if (signal.aborted) this.#die(signal.reason)
      throw await inTurns(handles.inSteps.error(error, scope.toApp))
    } finally {
      scope.end()
    }
  }

  /** Runs the destructor of a resource that lives in this thread. Only for a reserved slot. */
  async drop(resource: number, { id, fuel, signal }: Omit<SlotCall, 'func' | 'args'>): Promise<void> {
    await this.#run({ type: 'drop', id, resource, ...fuelled(fuel) }, signal)
  }

  async #run(message: ToWorker, signal: AbortSignal): Promise<unknown> {
    if (signal.aborted) throw signal.reason
    const { id } = message
    this.#caller = callingRun()
    this.#worker.postMessage(message)
    this.#lastCall = id
    this.#worker.ref()
    this.#server.idle(false)
    const off = onAbort(signal, () => this.#die(this.#late(signal.reason)))
    try {
      const outcome = await new Promise<Outcome>((resolve, reject) => {
        this.#pending = { id, resolve, reject }
      })
      if (outcome.ok) return outcome.value
      throw decodeError(outcome.error)
    } finally {
      off()
      this.#pending = undefined
      // One that is ending does keep the process alive: somebody may wait for `gone`.
      if (this.state !== 'dead') this.#rest()
    }
  }

  /** Ends the thread, whatever it does; `gone` tells when it has ended. Idempotent. */
  end(reason: unknown): void {
    this.#die(reason)
  }

  async #serve(request: HostRequest): Promise<Outcome> {
    if (request.kind !== 'function') return await this.#server.answer(request)
    const { instance, func } = request
    const name = instance === null ? func : `${instance}#${func}`
    const run = { slot: this, name, since: performance.now(), caller: this.#caller, answered: false }
    this.#waitsFor = run
    try {
      return await within(run, () => this.#server.answer(request))
    } finally {
      run.answered = true
      this.#waitsFor = undefined
    }
  }

  /** A deadline that a function of the application used up is no fault of the plugin. */
  #late(reason: unknown): unknown {
    if (!PluginError.is(reason, 'DEADLINE_EXCEEDED') || this.#waitsFor === undefined) return reason
    const { name, since } = this.#waitsFor
    const { timeoutMs, limit } = reason.data as { timeoutMs: number; limit?: 'startMs' }
    const isMost = performance.now() - since > timeoutMs / 2
    return isMost
      ? errors.DEADLINE_EXCEEDED({ timeoutMs, ...(limit && { limit }), hostFunction: name })
      : reason
  }

  #receive(message: FromWorker): void {
    // What the plugin did before it was ended is heard of even when the word comes later.
    if (message.type === 'access' || message.type === 'log') this.#onEvent(message, this.#lastCall)
    else if (this.state !== 'dead') this.#answer(message)
  }

  #answer(message: Exclude<FromWorker, { type: 'access' | 'log' }>): void {
    switch (message.type) {
      case 'ready':
        this.state = 'idle'
        this.#rest()
        this.#settleReady.resolve()
        return
      case 'failed':
        this.#die(decodeError(message.error))
        return
      case 'result':
        void this.#finish(message)
    }
  }

  async #finish({ id, outcome }: Extract<FromWorker, { type: 'result' }>): Promise<void> {
    const received = await receive(this.#pieces, outcome)
    if (this.#pending?.id === id) this.#pending.resolve(received)
  }

  /** An idle plugin does not keep the process alive. */
  #rest(): void {
    this.#worker.unref()
    this.#server.idle(true)
  }

  #die(reason: unknown): void {
    if (this.state === 'dead') return
    this.state = 'dead'
    this.#stopServing()
    this.#server.close()
    this.#worker.ref()
    void this.#worker.terminate()
    this.#settleReady.reject(reason)
    this.#pending?.reject(reason)
  }

  #explain(error: unknown): PluginError {
    if (PluginError.is(error)) return error
    if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY')
      return errors.MEMORY_EXHAUSTED({ heapBytes: this.#heapBytes }, error)
    return errors.WORKER_CRASHED({ reason: error instanceof Error ? error.message : String(error) }, error)
  }
}

function fuelled(fuel: number | undefined): { fuel?: number } {
  return fuel === undefined ? {} : { fuel }
}
