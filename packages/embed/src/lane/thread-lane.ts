import { ComponentError, type FuncType } from '@wasm-plugin/runtime'
import type { ThreadInit, ToThread } from '../wire/messages.js'
import { type FunctionCodec, FunctionCodecs } from './function-codec.js'
import { LaneMemory, LEAVE, number, place, status, word } from './memory.js'
import { Spin } from './spin.js'

/** Microseconds that it looks for the next call before it sleeps: waking it takes ten. */
const SPIN_US = 30

/** Milliseconds for which a thread waits on its lane for the next call, deaf to its event loop. */
const LINGER_MS = 50

/** Milliseconds after which a thread that is called without a pause has a turn of its event loop. */
const TURN_MS = 1_000

export interface LaneServer {
  /** The type of a function of the contract, by its index. */
  readonly typeOf: (func: number) => FuncType
  /** Throws what the function throws. */
  serve(call: Extract<ToThread, { type: 'call' }>): unknown
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
  readonly #spin = new Spin(SPIN_US)
  /** The last request that was taken. */
  #request = 0

  constructor({ lane, limits }: Pick<ThreadInit, 'lane' | 'limits'>, server: LaneServer) {
    this.#memory = new LaneMemory(lane, limits)
    this.#server = server
    this.#codecs = new FunctionCodecs(this.#memory)
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

  /** Tells the application that the plugin asks it for something, for which it must not wait in place. */
  asked(): void {
    Atomics.add(this.#memory.words, word.asked, 1)
  }

  #linger(until: number): void {
    const { words } = this.#memory
    Atomics.store(words, word.place, place.lane)
    while (this.#next()) {
      const func = words[word.func] as number
      if (func === LEAVE) return
      words[word.status] = status[this.#run(func)]
      Atomics.store(words, word.reply, this.#request)
      Atomics.notify(words, word.reply)
      if (performance.now() > until) return
    }
  }

  /** Waits for the next request; false when there was none for a while. */
  #next(): boolean {
    const { words } = this.#memory
    if (!this.#spin.until(() => Atomics.load(words, word.request) !== this.#request)) {
      Atomics.store(words, word.place, place.asleep)
      const woken = Atomics.wait(words, word.request, this.#request, LINGER_MS)
      Atomics.store(words, word.place, place.lane)
      if (woken === 'timed-out') return false
    }
    this.#request = Atomics.load(words, word.request)
    return true
  }

  #run(func: number): keyof typeof status {
    const { numbers } = this.#memory
    const id = numbers[number.call] as number
    const fuel = numbers[number.fuel] as number
    // The application calls this way only what has one there.
    const codec = this.#codecs.of(func, this.#server.typeOf) as FunctionCodec
    let args: unknown[]
    try {
      args = codec.args.read() as unknown[]
    } catch {
      return 'refused'
    }
    const before = this.#server.events()
    const isFirst = () => this.#server.events() === before
    try {
      const value = this.#server.serve({ type: 'call', id, func, args, ...(!Number.isNaN(fuel) && { fuel }) })
      if (isFirst() && codec.value.write(value)) return 'value'
      this.#server.post(id, () => value)
    } catch (error) {
      if (isFirst() && ComponentError.is(error) && codec.err.write(error.payload)) return 'err'
      this.#server.post(id, () => {
        throw error
      })
    }
    return 'posted'
  }
}
