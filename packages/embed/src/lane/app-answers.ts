import type { FuncType, ValueArea } from '@wasm-plugin/runtime/internal'
import { type FunctionCodec, FunctionCodecs } from './function-codec.js'
import { asking, type LaneMemory, number, word } from './memory.js'
import type { Spin } from './spin.js'

/** A question of the plugin, for a function of the application. */
export interface LaneQuestion {
  /** Its number, by which its thread asks for an answer that comes later. */
  readonly question: number
  /** The index of the function. */
  readonly func: number
  readonly args: readonly unknown[]
  /** The id of the call in which it asks. */
  readonly call: number
}

/** What a function returned; undefined where that is kept for when the thread asks for it. */
export type Returned = { readonly value: unknown } | undefined

export interface HostFunctionsOfLane {
  readonly functionType: (func: number) => FuncType
  /** Calls a function, which may return a promise. Never throws or rejects. */
  answer(question: LaneQuestion): Returned | Promise<Returned>
  /** The value has no room here, or is not of its type: it is kept for when the thread asks for it. */
  keep(question: LaneQuestion, value: unknown): void
}

/** Set while a function of the application is run: what it calls waits in place, but runs no more of them. */
let isAnswering = false

/** Answers a plugin that asks for functions of the application while one of its calls is waited for. */
export class AppAnswers {
  readonly #memory: LaneMemory
  readonly #functions: HostFunctionsOfLane
  readonly #codecs: FunctionCodecs
  /** Where the last answer is, which has been read when the next question is there. */
  #last: { readonly area: ValueArea; readonly begin: number; readonly end: number } | undefined
  readonly #onLate: () => void
  #isClosed = false

  /** @param onLate called when an answer that took time is there: the thread goes on */
  constructor(memory: LaneMemory, functions: HostFunctionsOfLane, onLate: () => void) {
    this.#memory = memory
    this.#functions = functions
    this.#onLate = onLate
    this.#codecs = new FunctionCodecs({ args: memory.thread, result: memory.app })
  }

  /** Looks until it `isOver`, or the plugin waits for a function that takes time, and answers meanwhile. */
  during(spin: Spin, isOver: () => boolean): boolean {
    if (isAnswering || !spin.pays) return spin.until(isOver)
    const { words } = this.#memory
    Atomics.store(words, word.looks, 1)
    const over = spin.until(() => {
      switch (Atomics.load(words, word.asking)) {
        case asking.waits:
          this.answer()
          spin.extend()
          return false
        case asking.taken:
          return true
        default:
          return isOver()
      }
    })
    Atomics.store(words, word.looks, 0)
    return over
  }

  /** Whether the plugin waits for a function that takes time. */
  get isLate(): boolean {
    return Atomics.load(this.#memory.words, word.asking) === asking.taken
  }

  /** Whether the plugin asks, and nobody has looked. */
  get isAsked(): boolean {
    return Atomics.load(this.#memory.words, word.asking) === asking.waits
  }

  /** Nobody waits for an answer any more. */
  close(): void {
    this.#isClosed = true
  }

  /** Something is written behind the last answer, whose room cannot be taken back alone any more. */
  keep(): void {
    this.#last = undefined
  }

  /** Where it `isAsked`. */
  answer(): void {
    const { words } = this.#memory
    Atomics.store(words, word.asking, asking.taken)
    isAnswering = true
    try {
      const outcome = this.#run()
      if (outcome !== undefined) this.#say(outcome)
    } finally {
      isAnswering = false
    }
  }

  /** What came of it; undefined where that takes time. */
  #run(): number | undefined {
    const { words, numbers } = this.#memory
    const func = words[word.func] as number
    // The plugin asks this way only for what has a codec.
    const codec = this.#codecs.of(func, this.#functions.functionType)
    if (codec === null) return asking.refused
    let args: unknown[]
    try {
      args = codec.args.read(words[word.values] as number) as unknown[]
    } catch {
      return asking.refused
    }
    const question = {
      question: words[word.question] as number,
      func,
      args,
      call: numbers[number.call] as number,
    }
    const returned = this.#functions.answer(question)
    if (!(returned instanceof Promise)) return this.#write(question, codec, returned)
    void returned.then((late) => {
      if (this.#isClosed) return
      this.#say(this.#write(question, codec, late))
      this.#onLate()
    })
    return undefined
  }

  #write(question: LaneQuestion, codec: FunctionCodec, ...[returned]: [Returned]): number {
    const { words } = this.#memory
    const { result: area } = codec.areas
    if (returned === undefined) return asking.kept
    if (this.#last !== undefined && this.#last.end === this.#last.area.end)
      this.#last.area.rewind(this.#last.begin)
    const begin = area.end
    // To be the last even where reading the value calls the plugin.
    this.#last = undefined
    const values = codec.value.write(returned.value)
    if (values < 0) {
      this.#functions.keep(question, returned.value)
      return asking.kept
    }
    words[word.values] = values
    this.#last = { area, begin, end: area.end }
    return asking.answered
  }

  #say(outcome: number): void {
    const { words } = this.#memory
    Atomics.store(words, word.asking, outcome)
    Atomics.notify(words, word.asking)
  }
}
