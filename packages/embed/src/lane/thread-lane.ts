import { ComponentError, type FuncType } from '@wasm-plugin/runtime'
import type { AreaLimits, AreaOutcome, CallAreas } from '@wasm-plugin/runtime/internal'
import type { ThreadInit, ToThread } from '../wire/messages.js'
import { type FunctionCodec, FunctionCodecs } from './function-codec.js'
import { cell, cellOf, LaneMemory, LEAVE, MOST_SHOWN, place, ring, state, status, word } from './memory.js'
import { Patience } from './patience.js'
import { type LaneAnswer, ThreadQuestions } from './thread-questions.js'

/** Milliseconds for which a thread waits on its lane for the next call, deaf to its event loop. */
const LINGER_MS = 50

/** Milliseconds after which a thread that is called without a pause has a turn of its event loop. */
const TURN_MS = 1_000

type Call = Extract<ToThread, { type: 'call' }>

type Called = Pick<Call, 'id' | 'func' | 'fuel'>

/** A call whose arguments are in an area, at `at`, and whose result goes to another where it `fits`. */
export interface CopiedCall extends Omit<Call, 'type' | 'args'> {
  readonly type: 'copied'
  readonly at: number
  readonly areas: CallAreas
  readonly fits: () => boolean
}

export interface LaneServer {
  /** The type of a function of the contract, by its index. */
  readonly typeOf: (func: number) => FuncType
  /** Throws what the function throws. */
  serve(call: Call): unknown
  /** The same with no values in between; undefined where there have to be. */
  copied(call: CopiedCall): AreaOutcome | undefined
  /** Called when a call is answered, before anything else is looked for. */
  rest(): void
  /** Counts the events that the thread has posted. */
  events(): number
  /** Posts an outcome: it does not fit the lane, or what was posted before has to be heard of first. */
  post(id: number, settled: () => unknown): void
}

/** The thread's end of a lane. Nothing here throws: an error is an answer. */
export class ThreadLane {
  readonly #memory: LaneMemory
  readonly #server: LaneServer
  readonly #codecs: FunctionCodecs
  readonly #questions: ThreadQuestions
  readonly #patience = new Patience(() => this.isAlone)
  /** The last request that was taken. */
  #request = 0
  /** Whether nothing was posted in the call that runs, which would have to be heard of before its outcome. */
  readonly #isFirst = () => this.#server.events() === this.#events
  /** The events that had been posted when the call began that runs; undefined while none runs that came this way. */
  #events: number | undefined
  /** Its cell, and how its values go. */
  #running: { readonly at: number; readonly codec: FunctionCodec } | undefined

  constructor({ lane, limits }: Pick<ThreadInit, 'lane'> & { limits: AreaLimits }, server: LaneServer) {
    this.#memory = new LaneMemory(lane, limits)
    this.#server = server
    this.#codecs = new FunctionCodecs({ args: this.#memory.app, result: this.#memory.thread })
    this.#questions = new ThreadQuestions(this.#memory, limits.liftedValues)
  }

  /** Answers calls until there was none for a while, or a message waits in the event loop. */
  serve(): void {
    const { words } = this.#memory
    // Nobody waits here if the call was answered meanwhile, see below; a message may wait in the event loop.
    while (Atomics.load(words, word.request) !== this.#request) {
      this.#linger(performance.now() + TURN_MS)
      // The application may not see in time that the thread goes away: it looks once more when it has said so.
      Atomics.store(words, word.place, place.eventLoop)
    }
  }

  /** Whether this is the plugin that the application called last. */
  get isAlone(): boolean {
    return Atomics.load(this.#memory.words, word.recent) === 1
  }

  /** Tells the application that the plugin asks it for something by message, for which it must not wait in place. */
  asked(): void {
    Atomics.add(this.#memory.words, word.asked, 1)
  }

  /**
   * Asks for a function of the application that has no handles, in the call of that id; undefined where that has to go by
   * message: something was reported in the call, which is to be heard of first, or it does not fit.
   */
  ask(
    func: number,
    type: FuncType,
    asked: { args: readonly unknown[]; call: number },
  ): LaneAnswer | undefined {
    return this.#events === this.#server.events() ? this.#questions.ask(func, type, asked) : undefined
  }

  /**
   * Shows the application a value of the type of its result while the call goes on that runs; false where that has to go by
   * message: something was posted in the call, which is to be heard of first, or it does not fit.
   */
  show(value: unknown): boolean {
    const { words } = this.#memory
    const { at, codec } = this.#running ?? {}
    if (at === undefined || codec === undefined || !this.#isFirst()) return false
    const count = words[at + cell.shown] as number
    const place = count < MOST_SHOWN ? codec.value.write(value) : -1
    if (place < 0) return false
    words[at + cell.shown + count + 1] = place
    Atomics.store(words, at + cell.shown, count + 1)
    ring(words)
    return true
  }

  #linger(until: number): void {
    const { words } = this.#memory
    Atomics.store(words, word.place, place.lane)
    while (this.#next()) {
      const began = performance.now()
      const isOver = this.#answer(this.#request)
      const now = performance.now()
      words[word.took] = (now - began) * 1e3
      Atomics.store(words, word.reply, this.#request)
      ring(words)
      this.#server.rest()
      if (isOver || now > until) return
    }
  }

  /** Waits for the next request; false when there was none for a while. */
  #next(): boolean {
    const { words } = this.#memory
    const isThere = () => Atomics.load(words, word.request) !== this.#request
    if (!this.#patience.until(isThere)) {
      Atomics.store(words, word.place, place.asleep)
      let woken: string
      // The application changes the word before it wakes who sleeps on it, so a wake may be that for a request before.
      do woken = Atomics.wait(words, word.request, this.#request, LINGER_MS)
      while (woken === 'ok' && !isThere())
      this.#patience.woken()
      Atomics.store(words, word.place, place.lane)
      if (woken === 'timed-out') return false
    }
    this.#request = (this.#request + 1) | 0
    return true
  }

  /** True where it is to go back to the event loop. */
  #answer(request: number): boolean {
    const { words, thread } = this.#memory
    const at = cellOf(request)
    if (Atomics.compareExchange(words, at + cell.state, state.waits, state.begun) !== state.waits)
      return false
    if (words[at + cell.func] === LEAVE) return true
    // Nothing of what was written is read any more.
    if (Atomics.load(words, word.taken) === ((request - 1) | 0)) thread.rewind()
    this.#events = this.#server.events()
    words[at + cell.status] = status[this.#run(at)]
    this.#events = undefined
    this.#running = undefined
    return false
  }

  #run(at: number): keyof typeof status {
    const { words, numbers } = this.#memory
    const func = words[at + cell.func] as number
    const id = numbers[at / 2 + cell.call] as number
    const fuel = numbers[at / 2 + cell.fuel] as number
    // The application calls this way only what has one there.
    const codec = this.#codecs.of(func, this.#server.typeOf) as FunctionCodec
    const call = { id, func, fuel: Number.isNaN(fuel) ? undefined : fuel }
    this.#running = { at, codec }
    let outcome: AreaOutcome | undefined
    try {
      const values = words[at + cell.values] as number
      outcome = this.#copied(call, codec, values) ?? this.#served(call, codec, values)
    } catch (error) {
      this.#server.post(id, () => {
        throw error
      })
      return 'posted'
    }
    if (outcome === undefined) return 'refused'
    const { isErr } = outcome
    const result = isErr ? codec.err : codec.value
    let { at: place, value } = outcome
    // What was printed without the end of a line has been reported since.
    if (place >= 0 && !this.#isFirst()) value = result.read(place)
    else if (place < 0 && this.#isFirst()) place = result.write(value)
    words[at + cell.values] = place
    if (place >= 0 && this.#isFirst()) return isErr ? 'err' : 'value'
    this.#server.post(id, () => {
      if (isErr) throw new ComponentError(value)
      return value
    })
    return 'posted'
  }

  #copied({ id, func, fuel }: Called, codec: FunctionCodec, at: number): AreaOutcome | undefined {
    if (!codec.isHot) return undefined
    return this.#server.copied({
      type: 'copied',
      id,
      func,
      fuel,
      at,
      areas: codec.areas,
      fits: this.#isFirst,
    })
  }

  /** Undefined where the arguments are too many. */
  #served({ id, func, fuel }: Called, codec: FunctionCodec, at: number): AreaOutcome | undefined {
    let args: unknown[]
    try {
      args = codec.args.read(at) as unknown[]
    } catch {
      return undefined
    }
    try {
      return { isErr: false, at: -1, value: this.#server.serve({ type: 'call', id, func, fuel, args }) }
    } catch (error) {
      if (!ComponentError.is(error)) throw error
      return { isErr: true, at: -1, value: error.payload }
    }
  }
}
