import type { FuncType } from '@wasm-plugin/runtime/internal'
import { type FunctionCodec, FunctionCodecs } from './function-codec.js'
import { LaneMemory, LEAVE, laneBuffer, number, place, status, word } from './memory.js'
import { Spin, TurnBudget } from './spin.js'

/** Microseconds that one call may wait for its answer before the application's thread goes on. */
const SPIN_US = 15

/** Of all calls in one turn of the application's event loop, whatever their plugins. */
const turn = new TurnBudget(150)

/** A function as a lane knows it. */
export interface LaneFunction {
  readonly index: number
  readonly type: FuncType
}

export interface LaneCall {
  readonly id: number
  readonly fuel: number | undefined
  readonly args: readonly unknown[]
}

/** `posted`: the outcome is in a message. `refused`: the thread has no room for the arguments. */
export type LaneReply =
  | { readonly status: 'value' | 'err'; readonly value: unknown }
  | { readonly status: 'posted' | 'refused' }

/** What is learned of the calls of one function. */
interface Habits {
  readonly spin: Spin
  /** Calls that are to go by message before the lane is tried again: values that do not fit are written in vain. */
  skip: number
}

/** Calls by message after one whose arguments did not fit. */
const SKIPPED = 16

/**
 * The application's end of a lane: one call at a time by shared memory, while its thread waits there or is on its way. A
 * call whose values do not fit, or are not of their types, goes by message, which says what is wrong.
 */
export class AppLane {
  /** For the thread's end. */
  readonly buffer = laneBuffer()
  readonly #memory: LaneMemory
  /** Brings the thread to the lane. */
  readonly #summon: () => void
  readonly #codecs: FunctionCodecs
  /** By the index of the function. */
  readonly #habits: Habits[] = []
  #request = 0
  #current: { readonly codec: FunctionCodec; readonly spin: Spin } | undefined
  #isClosed = false
  /** What the plugin had asked for when the call began. */
  #asked = 0

  constructor(limits: ConstructorParameters<typeof LaneMemory>[1], summon: () => void) {
    this.#memory = new LaneMemory(this.buffer, limits)
    this.#codecs = new FunctionCodecs(this.#memory)
    this.#summon = summon
  }

  /** Begins a call; false where it has to go by message. */
  begin({ index, type }: LaneFunction, { id, fuel, args }: LaneCall): boolean {
    this.#habits[index] ??= { spin: new Spin(SPIN_US, turn), skip: 0 }
    const habits = this.#habits[index]
    if (habits.skip > 0) {
      habits.skip--
      return false
    }
    const codec = this.#codecs.of(index, () => type)
    if (codec === null) return false
    if (!codec.args.write(args)) {
      habits.skip = SKIPPED
      return false
    }
    const { words, numbers } = this.#memory
    words[word.func] = index
    numbers[number.call] = id
    numbers[number.fuel] = fuel ?? Number.NaN
    this.#current = { codec, spin: habits.spin }
    this.#asked = Atomics.load(words, word.asked)
    this.#ring()
    return true
  }

  /** Waits for the answer for some microseconds, unless the plugin asks for something; true when it is there. */
  spin(): boolean {
    const { words } = this.#memory
    const isOver = () =>
      Atomics.load(words, word.reply) === this.#request || Atomics.load(words, word.asked) !== this.#asked
    return this.#current!.spin.until(isOver) && Atomics.load(words, word.reply) === this.#request
  }

  /** Resolves when the answer is there, or the lane is closed. */
  async answered(): Promise<void> {
    const { words } = this.#memory
    while (!this.#isClosed) {
      // The one that is looked at is the one that is waited on: the thread may answer in between.
      const reply = Atomics.load(words, word.reply)
      if (reply === this.#request) return
      await Atomics.waitAsync(words, word.reply, reply).value
    }
  }

  /** The answer, which is there. */
  take(): LaneReply {
    const codec = this.#current!.codec
    switch (this.#memory.words[word.status]) {
      case status.value:
        return { status: 'value', value: codec.value.read() }
      case status.err:
        return { status: 'err', value: codec.err.read() }
      case status.posted:
        return { status: 'posted' }
      default:
        return { status: 'refused' }
    }
  }

  /** Nobody will answer any more. */
  close(): void {
    this.#isClosed = true
    Atomics.notify(this.#memory.words, word.reply)
  }

  /** To be called after a message was posted while no call is on the lane. */
  leave(): void {
    const { words } = this.#memory
    if (Atomics.load(words, word.place) === place.eventLoop) return
    words[word.func] = LEAVE
    this.#ring()
  }

  /** A thread that goes away from the lane looks at the request again when it has said so: one of the two sees the other. */
  #ring(): void {
    const { words } = this.#memory
    this.#request = (this.#request + 1) | 0
    Atomics.store(words, word.request, this.#request)
    switch (Atomics.load(words, word.place)) {
      case place.eventLoop:
        this.#summon()
        return
      case place.asleep:
        Atomics.notify(words, word.request)
    }
  }
}
