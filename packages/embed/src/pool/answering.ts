import type { AnswerPiece } from '@wasm-plugin/wasi'
import type { EndSignal } from '../ending.js'
import { errors } from '../errors/index.js'
import type { AnsweringExchange } from '../http/exchange.js'
import type { IncomingExchange } from '../http/incoming-exchange.js'
import { packedHandle } from '../http/packed.js'
import type { LaneCall, LaneFunction } from '../lane/app-lane.js'
import type { AcceptedExchange } from '../ports.js'
import type { AnsweredMessage, ThreadInit } from '../wire/messages.js'
import { fuelled, NotBegun, type Settled, type SlotProgram, type SlotRequest, unwrap } from './slot-call.js'

/** Bytes of a request that is whole, with its fields. */
const REQUEST_VALUES = 256 << 10

const NO_RESPONSE = 'it sent what is no response'

export interface AnsweringOwner {
  readonly calls: {
    beginOnLane(call: { func: LaneFunction } & LaneCall): Settled | 'underway' | undefined
    endOnLane(id: number, signal: EndSignal): Promise<unknown>
  }
  readonly init: Pick<ThreadInit, 'exports' | 'limits'>
  readonly isShared: boolean
  /** Gives the thread an exchange, with the number by which it knows it. */
  accept(exchange: AnsweringExchange): AcceptedExchange
  /** The outcome of what goes by message. */
  run(message: AnsweredMessage, signal: EndSignal): Promise<unknown>
  /** Ends the thread. */
  end(reason: unknown): void
}

/** The requests that one thread answers, and the programs that it runs: calls of which more comes than an outcome. */
export class Answering {
  readonly #owner: AnsweringOwner
  /** By the ids of the calls. */
  readonly #exchanges = new Map<number, AnsweringExchange>()
  /** Those of them whose requests went over the lane. */
  readonly #onLane = new Map<number, IncomingExchange>()
  /** By which requests go over the lane: behind the functions of the contract. */
  readonly #packedHandle: LaneFunction
  /** Whether one fits by the limits of what is lifted, which are for values of the plugin. */
  readonly #takesPacked: boolean

  constructor(owner: AnsweringOwner) {
    this.#owner = owner
    const { exports, limits } = owner.init
    this.#packedHandle = { index: exports.length, type: packedHandle }
    this.#takesPacked = limits.liftedValues >= REQUEST_VALUES && limits.valueBytes >= REQUEST_VALUES
  }

  /** Has a request answered: the response is in its exchange. */
  async handle({ id, func, exchange, reuse, fuel, signal }: SlotRequest): Promise<void> {
    await this.#run({ id, exchange, signal }, (number) => ({
      ...{ type: 'handle', id, func: func.index, exchange: number, head: exchange.head, reuse },
      ...fuelled(fuel),
    }))
  }

  /**
   * The same by shared memory, of a request that is whole: false in the end where it is to begin elsewhere; undefined where it
   * has to go by message. Only for a slot that is reserved for its lane.
   */
  handleOnLane(request: SlotRequest): Promise<boolean> | undefined {
    const { id, func, exchange, reuse, fuel } = request
    const { packed } = exchange
    if (packed === undefined || !this.#takesPacked) return undefined
    const { id: number, release: end } = this.#begin(id, exchange)
    this.#onLane.set(id, exchange)
    const release = () => {
      this.#onLane.delete(id)
      end()
    }
    const args = [func.index, number, reuse, packed.fieldBytes, packed.head, packed.body]
    const begun = this.#owner.calls.beginOnLane({ id, func: this.#packedHandle, args, fuel })
    if (begun !== undefined) return this.#endOnLane(begun, request).finally(release)
    release()
    return undefined
  }

  /** Runs a program, in an instance of its own; the answer is its exit code. */
  async program({ id, func, exchange, fuel, signal }: SlotProgram): Promise<number> {
    const { start } = exchange
    const exitCode = await this.#run({ id, exchange, signal }, (number) => ({
      ...{ type: 'program', id, func: func.index, exchange: number, start },
      ...fuelled(fuel),
    }))
    return Number(exitCode) & 0xff
  }

  /** What came of a call, with its outcome or before; false where no plugin can have sent it, and its thread is ended. */
  take(call: number | undefined, pieces: readonly AnswerPiece[], areLast: boolean): boolean {
    if (pieces.length === 0 || this.#exchanges.get(call as number)?.receive(pieces, areLast)) return true
    this.#crash()
    return false
  }

  /** The same of what a call has shown by shared memory. */
  takeShown(call: number, answer: unknown): void {
    if (this.#onLane.get(call)?.receivePacked(answer, false) !== true) this.#crash()
  }

  async #endOnLane(begun: Settled | 'underway', { id, exchange, signal }: SlotRequest): Promise<boolean> {
    const { calls } = this.#owner
    const outcome = begun === 'underway' ? await calls.endOnLane(id, signal) : unwrap(begun)
    if (outcome instanceof NotBegun) return false
    if (exchange.receivePacked(outcome, true)) return true
    throw this.#crash()
  }

  /** @param message with the number by which the thread knows the exchange */
  async #run(
    { id, exchange, signal }: { id: number; exchange: AnsweringExchange; signal: EndSignal },
    message: (number: number) => AnsweredMessage,
  ): Promise<unknown> {
    const { id: number, release } = this.#begin(id, exchange)
    try {
      return await this.#owner.run(message(number), signal)
    } finally {
      release()
    }
  }

  #begin(call: number, exchange: AnsweringExchange): AcceptedExchange {
    const { id, release } = this.#owner.accept(exchange)
    this.#exchanges.set(call, exchange)
    return {
      id,
      release: () => {
        this.#exchanges.delete(call)
        release()
      },
    }
  }

  /** Ends the thread. */
  #crash(): Error {
    const crashed = this.#owner.isShared ? errors.WORKER_CRASHED : errors.PROCESS_CRASHED
    const error = crashed({ reason: NO_RESPONSE })
    this.#owner.end(error)
    return error
  }
}
