import type { FuncType } from '@wasm-plugin/runtime/internal'
import { later } from '../later.js'
import { AppAnswers, type HostFunctionsOfLane } from './app-answers.js'
import { type FunctionCodec, FunctionCodecs } from './function-codec.js'
import { CELLS, cell, cellOf, LaneMemory, LEAVE, laneBuffer, place, state, status, word } from './memory.js'
import { Spin, TurnBudget } from './spin.js'

/** Microseconds for which the application's thread looks for the next answer before it goes on. */
const SPIN_US = 15

/** Of all that it looks for and reads in one turn of its event loop, whatever the plugins. */
const turn = new TurnBudget(150)

/** Some browsers cannot wait for shared memory without sleeping: every call goes by message there. */
const CAN_WAIT = typeof Atomics.waitAsync === 'function'

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

/** `refused`: the thread has no room for the arguments, and nothing has run. */
export type LaneReply =
  | { readonly status: 'value' | 'err'; readonly value: unknown }
  | { readonly status: 'refused' }

export interface LaneOwner extends HostFunctionsOfLane {
  readonly limits: ConstructorParameters<typeof LaneMemory>[1]
  /** Brings the thread to the lane. */
  summon(): void
  /** What came of a call that is watched. */
  settle(id: number, reply: LaneReply): void
}

/** What is learned of the calls of one function. */
interface Habits {
  readonly spin: Spin
  /** Calls that are to go by message before the lane is tried again: values that do not fit are written in vain. */
  skip: number
}

/** A call that is on the lane. */
interface Underway {
  readonly id: number
  readonly codec: FunctionCodec
  readonly spin: Spin
}

/** Calls by message after one whose arguments did not fit. */
const SKIPPED = 16

/** Calls that may be under way: a cell is left for what is no call. */
const MOST = CELLS - 1

/**
 * The application's end of a lane: calls by shared memory, which the thread answers one after the other. A call whose
 * values do not fit, or are not of their types, goes by message, which says what is wrong.
 */
export class AppLane {
  /** For the thread's end. */
  readonly buffer = laneBuffer()
  readonly #memory: LaneMemory
  readonly #owner: LaneOwner
  readonly #codecs: FunctionCodecs
  readonly #answers: AppAnswers
  /** By the index of the function. */
  readonly #habits: Habits[] = []
  /** By the cells of their requests; undefined for what is no call, or none any more. */
  readonly #underway: (Underway | undefined)[] = Array(CELLS).fill(undefined)
  #calls = 0
  #request = 0
  /** The last reply that was read. */
  #taken = 0
  readonly #watching = new Spin(SPIN_US, turn)
  #isWatched = false
  /** Arguments are being read, which may run code of the application. */
  #isWriting = false
  #isClosed = false

  constructor(owner: LaneOwner) {
    this.#owner = owner
    this.#memory = new LaneMemory(this.buffer, owner.limits)
    this.#codecs = new FunctionCodecs({ args: this.#memory.app, result: this.#memory.thread })
    this.#answers = new AppAnswers(this.#memory, owner)
  }

  /** Calls that are on the lane. */
  get calls(): number {
    return this.#calls
  }

  /** Begins a call; false where it has to go by message. */
  begin({ index, type }: LaneFunction, { id, fuel, args }: LaneCall): boolean {
    if (!CAN_WAIT || this.#isWriting || this.#isClosed || this.#calls === MOST) return false
    this.#habits[index] ??= { spin: new Spin(SPIN_US, turn), skip: 0 }
    const habits = this.#habits[index]
    if (habits.skip > 0) {
      habits.skip--
      return false
    }
    const codec = this.#codecs.of(index, () => type)
    if (codec === null) return false
    const { words, numbers } = this.#memory
    if (this.#calls === 0) this.#clear()
    const values = this.#write(codec, args)
    if (this.#isClosed) return false
    if (values < 0) {
      // It may be the others that left no room.
      if (this.#calls === 0) habits.skip = SKIPPED
      return false
    }
    const request = (this.#request + 1) | 0
    const at = cellOf(request)
    words[at + cell.func] = index
    words[at + cell.values] = values
    numbers[at / 2 + cell.call] = id
    numbers[at / 2 + cell.fuel] = fuel ?? Number.NaN
    this.#underway[request & (CELLS - 1)] = { id, codec, spin: habits.spin }
    this.#calls++
    this.#ring(request)
    return true
  }

  /** What came of the only call on the lane, where that takes some microseconds; no other way hears of it then. */
  spin(): LaneReply | undefined {
    const { words } = this.#memory
    const request = this.#request
    const { spin } = this.#underway[request & (CELLS - 1)] as Underway
    const isOver = this.#look(spin, () => Atomics.load(words, word.reply) === request)
    return !isOver || this.#isClosed || this.#next() === undefined ? undefined : this.#take(request)
  }

  /** Settles the calls on the lane as their answers come. */
  watch(): void {
    if (!this.#isWatched) void this.#watch()
  }

  /** A message has the outcome of a call, which is on the lane no more. */
  heard(id: number): void {
    // Those before it were answered before it.
    this.#drain()
    if (this.#remove(id)) this.#drain()
  }

  /** Goes on to look after a question that came as a message was answered: the next one may come this way. */
  look(): void {
    if (this.#calls === 0 || this.#isClosed) return
    const { words } = this.#memory
    const reply = Atomics.load(words, word.reply)
    if (this.#look(this.#watching, () => Atomics.load(words, word.reply) !== reply)) this.#drain()
  }

  /** Takes a call back that has not begun: its arguments; undefined where it has. */
  withdraw(id: number): readonly unknown[] | undefined {
    const request = this.#find(id)
    if (request === undefined) return undefined
    const { words } = this.#memory
    const at = cellOf(request)
    if (Atomics.compareExchange(words, at + cell.state, state.waits, state.withdrawn) !== state.waits)
      return undefined
    const { codec } = this.#underway[request & (CELLS - 1)] as Underway
    const args = codec.args.read(words[at + cell.values] as number) as unknown[]
    this.#remove(id)
    return args
  }

  /** Whether a call was on the lane until now, and has been answered. */
  isSettled(id: number): boolean {
    if (this.#find(id) === undefined) return false
    this.#drain()
    return this.#find(id) === undefined
  }

  /** Ids of the calls on the lane, in their order. */
  ids(): number[] {
    const ids: number[] = []
    for (let request = this.#taken; request !== this.#request; ) {
      request = (request + 1) | 0
      const call = this.#underway[request & (CELLS - 1)]
      if (call !== undefined) ids.push(call.id)
    }
    return ids
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
    this.#clear()
    const request = (this.#request + 1) | 0
    words[cellOf(request) + cell.func] = LEAVE
    this.#ring(request)
  }

  /** While no call is on the lane: nothing of what was written is read any more. */
  #clear(): void {
    this.#drain()
    if (this.#taken === this.#request) this.#memory.app.rewind(0)
  }

  #write(codec: FunctionCodec, args: readonly unknown[]): number {
    this.#isWriting = true
    this.#answers.keep()
    try {
      return codec.args.write(args)
    } finally {
      this.#isWriting = false
    }
  }

  /** A thread that goes away from the lane looks at the request again when it has said so: one of the two sees the other. */
  #ring(request: number): void {
    const { words } = this.#memory
    this.#request = request
    Atomics.store(words, cellOf(request) + cell.state, state.waits)
    Atomics.store(words, word.request, request)
    switch (Atomics.load(words, word.place)) {
      case place.eventLoop:
        this.#owner.summon()
        return
      case place.asleep:
        Atomics.notify(words, word.request)
    }
  }

  /** Looks until it `isOver`, or the plugin asks for something that comes by message; answers functions meanwhile. */
  #look(spin: Spin, isOver: () => boolean): boolean {
    const { words } = this.#memory
    const asked = Atomics.load(words, word.asked)
    return this.#answers.during(
      spin,
      () => isOver() || Atomics.load(words, word.asked) !== asked || this.#isClosed,
    )
  }

  async #watch(): Promise<void> {
    const { words } = this.#memory
    this.#isWatched = true
    while (this.#calls > 0 && !this.#isClosed) {
      // Answers that come as fast as they are read must not keep the application from its other work.
      if (turn.left <= 0) await new Promise<void>((resolve) => later(resolve))
      // The one that is looked at is the one that is waited on: the thread may answer in between.
      const reply = Atomics.load(words, word.reply)
      const began = performance.now()
      this.#drain()
      turn.spend((performance.now() - began) * 1e3)
      if (this.#calls === 0) break
      this.#look(this.#watching, () => Atomics.load(words, word.reply) !== reply)
      await Atomics.waitAsync(words, word.reply, reply).value
    }
    this.#isWatched = false
  }

  /** Settles what is answered, up to a call whose outcome comes by message and has not come yet. */
  #drain(): void {
    for (;;) {
      const request = this.#isClosed ? undefined : this.#next()
      if (request === undefined) return
      const { id } = this.#underway[request & (CELLS - 1)] as Underway
      this.#owner.settle(id, this.#take(request))
    }
  }

  /** The request whose answer is the next to be read; undefined where that is not there, or comes by message. */
  #next(): number | undefined {
    const { words } = this.#memory
    while (this.#taken !== Atomics.load(words, word.reply)) {
      const request = (this.#taken + 1) | 0
      if (this.#underway[request & (CELLS - 1)] !== undefined)
        return words[cellOf(request) + cell.status] === status.posted ? undefined : request
      this.#setTaken(request)
    }
    return undefined
  }

  #take(request: number): LaneReply {
    const { words } = this.#memory
    const at = cellOf(request)
    const { codec } = this.#underway[request & (CELLS - 1)] as Underway
    const values = words[at + cell.values] as number
    this.#underway[request & (CELLS - 1)] = undefined
    this.#calls--
    try {
      switch (words[at + cell.status]) {
        case status.value:
          return { status: 'value', value: codec.value.read(values) }
        case status.err:
          return { status: 'err', value: codec.err.read(values) }
        default:
          return { status: 'refused' }
      }
    } catch {
      return { status: 'refused' }
    } finally {
      this.#setTaken(request)
    }
  }

  #setTaken(request: number): void {
    this.#taken = request
    Atomics.store(this.#memory.words, word.taken, request)
  }

  #find(id: number): number | undefined {
    for (let request = this.#taken; request !== this.#request; ) {
      request = (request + 1) | 0
      if (this.#underway[request & (CELLS - 1)]?.id === id) return request
    }
    return undefined
  }

  #remove(id: number): boolean {
    const request = this.#find(id)
    if (request === undefined) return false
    this.#underway[request & (CELLS - 1)] = undefined
    this.#calls--
    return true
  }
}
