import type { FuncType } from '@wasm-plugin/runtime/internal'
import { later } from '../later.js'
import { AppAnswers, type HostFunctionsOfLane } from './app-answers.js'
import { appTurn } from './app-spin.js'
import { Doorbell } from './doorbell.js'
import { type FunctionCodec, FunctionCodecs } from './function-codec.js'
import { Habits } from './habits.js'
import { Lookout } from './lookout.js'
import { freeLane, LaneMemory, laneBuffer, place, word } from './memory.js'
import { type LaneReply, Requests } from './requests.js'

/**
 * Some browsers cannot wait for shared memory without sleeping, and a page that is not isolated from others has none: every
 * call goes by message there.
 */
const CAN_WAIT = typeof Atomics.waitAsync === 'function' && typeof SharedArrayBuffer === 'function'

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

export interface LaneOwner extends HostFunctionsOfLane {
  /** Whether the thread has this memory: without it every call goes by message. */
  readonly isUsed: boolean
  readonly limits: ConstructorParameters<typeof LaneMemory>[1]
  /** Brings the thread to the lane. */
  summon(): void
  /** What came of a call that is watched. */
  settle(id: number, reply: LaneReply): void
  /** What a call has shown ahead of its result, of whose type it is; undefined for what is no value. */
  show(id: number, value: unknown): void
}

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
  readonly #requests: Requests
  readonly #doorbell: Doorbell
  readonly #lookout: Lookout
  #isWatched = false
  /** Arguments are being read, which may run code of the application. */
  #isWriting = false
  #isClosed = false

  constructor(owner: LaneOwner) {
    this.#owner = owner
    this.#memory = new LaneMemory(this.buffer, owner.limits)
    this.#codecs = new FunctionCodecs({ args: this.#memory.app, result: this.#memory.thread })
    this.#requests = new Requests(this.#memory)
    this.#doorbell = new Doorbell(this.#memory, () => owner.summon())
    this.#answers = new AppAnswers(this.#memory, owner, () => this.look())
    this.#lookout = new Lookout(this.#memory, this.#answers)
  }

  /** Calls that are on the lane. */
  get calls(): number {
    return this.#requests.calls
  }

  /** Begins a call; false where it has to go by message. */
  begin({ index, type }: LaneFunction, { id, fuel, args }: LaneCall): boolean {
    if (!CAN_WAIT || !this.#owner.isUsed || this.#isWriting || this.#isClosed) return false
    // Of what was taken back nobody hears that the thread has passed it.
    if (this.#requests.isFull && this.calls === 0) this.#drain()
    if (this.#requests.isFull) return false
    this.#habits[index] ??= new Habits()
    const habits = this.#habits[index]
    if (habits.skips()) return false
    const codec = this.#codecs.of(index, () => type)
    if (codec === null) return false
    if (this.calls === 0) this.#clear()
    const values = this.#write(codec, args)
    if (this.#isClosed) return false
    if (values < 0) {
      // It may be the others that left no room.
      if (this.calls === 0) habits.misfitted()
      return false
    }
    this.#doorbell.ring(
      this.#requests.add({ id, codec, spin: habits.spin, seen: 0 }, { func: index, values, fuel }),
    )
    return true
  }

  /** What came of the only call on the lane, where that takes some microseconds; no other way hears of it then. */
  spin(): LaneReply | undefined {
    const { words } = this.#memory
    const request = this.#requests.last
    const { spin } = this.#requests.at(request)
    // Waking it takes longer than is looked.
    const isOver =
      this.#doorbell.isAwake && this.#lookout.until(() => Atomics.load(words, word.reply) === request, spin)
    if (!isOver || this.#isClosed || this.#requests.next() === undefined) return undefined
    this.#show(request)
    return this.#isClosed || this.#requests.next() !== request ? undefined : this.#requests.take(request)
  }

  /** Settles the calls on the lane as their answers come. */
  watch(): void {
    if (this.#isWatched) this.#rouse()
    else void this.#watch()
  }

  /** Settles what is answered and shows what is shown: something came by message, which was said after that. */
  showAll(): void {
    if (this.calls > 0) this.#drain()
  }

  /** A message has the outcome of a call, which is on the lane no more. */
  heard(id: number): void {
    // Those before it were answered before it.
    this.#drain()
    if (this.#requests.remove(id)) this.#drain()
  }

  /** Goes on to look after a question was answered that took time: the next one may come at once. */
  look(): void {
    if (this.calls === 0 || this.#isClosed || appTurn.left <= 0) return
    const { words } = this.#memory
    const reply = Atomics.load(words, word.reply)
    if (this.#lookout.until(() => Atomics.load(words, word.reply) !== reply)) this.#drain()
    this.#rouse()
  }

  /** Takes a call back that has not begun: its arguments; undefined where it has. */
  withdraw(id: number): readonly unknown[] | undefined {
    return this.#isClosed ? undefined : this.#requests.withdraw(id)
  }

  /** Whether a call was on the lane until now, and has been answered. */
  isSettled(id: number): boolean {
    if (!this.#requests.has(id)) return false
    this.#drain()
    return !this.#requests.has(id)
  }

  /** Ids of the calls on the lane, in their order. */
  ids(): number[] {
    return this.#requests.ids()
  }

  /** Nobody will answer any more, and nothing is written from now on. */
  close(): void {
    this.#isClosed = true
    this.#answers.close()
    this.#lookout.close()
    this.#doorbell.close()
    Atomics.notify(this.#memory.words, word.bell)
  }

  /** To be called when it is closed and its thread is gone: its memory is that of another. */
  free(): void {
    freeLane(this.buffer)
  }

  /** To be called after a message was posted while no call is on the lane. */
  leave(): void {
    const { words } = this.#memory
    if (this.#isClosed || Atomics.load(words, word.place) === place.eventLoop) return
    this.#clear()
    const request = this.#requests.addLeave()
    if (request !== undefined) this.#doorbell.ring(request)
  }

  /** While no call is on the lane: nothing of what was written is read any more. */
  #clear(): void {
    this.#drain()
    if (this.#requests.areRead) this.#memory.app.rewind()
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

  /** Whoever rang while somebody looked has not woken who sleeps. */
  #rouse(): void {
    if (this.#answers.isAsked || this.#requests.hasReply || this.#requests.hasShown)
      Atomics.notify(this.#memory.words, word.bell)
  }

  async #watch(): Promise<void> {
    const { words } = this.#memory
    this.#isWatched = true
    while (this.calls > 0 && !this.#isClosed) {
      // Answers that come as fast as they are read must not keep the application from its other work.
      if (appTurn.left <= 0) await new Promise<void>((resolve) => later(resolve))
      if (this.#isClosed) break
      // What rings from here on is heard of below.
      const bell = Atomics.load(words, word.bell)
      const reply = Atomics.load(words, word.reply)
      const began = performance.now()
      this.#lookout.answer()
      this.#drain()
      appTurn.spend((performance.now() - began) * 1e3)
      if (this.calls === 0) break
      if (Atomics.load(words, word.place) === place.lane)
        this.#lookout.until(() => Atomics.load(words, word.reply) !== reply)
      await Atomics.waitAsync(words, word.bell, bell).value
    }
    this.#isWatched = false
  }

  /** Settles what is answered, up to a call whose outcome comes by message and has not come yet. */
  #drain(): void {
    for (;;) {
      const request = this.#isClosed ? undefined : this.#requests.next()
      if (request === undefined) break
      const { id, spin } = this.#requests.at(request)
      this.#show(request)
      // Whoever sees it may have ended it.
      if (this.#isClosed || this.#requests.next() !== request) continue
      spin.came(this.#memory.words[word.took] as number)
      this.#owner.settle(id, this.#requests.take(request))
    }
    const first = this.#isClosed ? undefined : this.#requests.first
    if (first !== undefined) this.#show(first)
  }

  #show(request: number): void {
    const { id } = this.#requests.at(request)
    for (const value of this.#requests.shown(request)) this.#owner.show(id, value)
  }
}
