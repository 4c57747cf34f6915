import type { FuncType } from '@wasm-plugin/runtime/internal'
import { FunctionCodecs } from './function-codec.js'
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

export interface HostFunctionsOfLane {
  readonly functionType: (func: number) => FuncType
  /** Calls a function: what it returned, or undefined where that comes `later`. Never throws. */
  answer(question: LaneQuestion): { readonly value: unknown } | undefined
  /** The value has no room here, or is not of its type: it is kept for when the thread asks for it. */
  keep(question: LaneQuestion, value: unknown): void
}

/** Set while a function of the application is run: what it calls waits in place, but runs no more of them. */
let isAnswering = false

/** Answers a plugin that asks for functions of the application while its thread looks for something else. */
export class AppAnswers {
  readonly #memory: LaneMemory
  readonly #functions: HostFunctionsOfLane
  readonly #codecs: FunctionCodecs
  /** Where the last answer is, which has been read when the next question is there. */
  #last: { readonly begin: number; readonly end: number } | undefined

  constructor(memory: LaneMemory, functions: HostFunctionsOfLane) {
    this.#memory = memory
    this.#functions = functions
    this.#codecs = new FunctionCodecs({ args: memory.thread, result: memory.app })
  }

  /** Looks until it `isOver`, and answers meanwhile. */
  during(spin: Spin, isOver: () => boolean): boolean {
    if (isAnswering) return spin.until(isOver)
    const { words } = this.#memory
    Atomics.store(words, word.looks, 1)
    const over = spin.until(() => {
      if (Atomics.load(words, word.asking) !== asking.waits) return isOver()
      this.#answer()
      spin.extend()
      return false
    })
    // Who asks writes the question and then looks whether somebody looks: one of the two sees the other.
    Atomics.store(words, word.looks, 0)
    if (Atomics.load(words, word.asking) === asking.waits) this.#answer()
    return over
  }

  /** Something is written behind the last answer, whose room cannot be taken back alone any more. */
  keep(): void {
    this.#last = undefined
  }

  #answer(): void {
    const { words } = this.#memory
    if (Atomics.compareExchange(words, word.asking, asking.waits, asking.taken) !== asking.waits) return
    isAnswering = true
    try {
      Atomics.store(words, word.asking, asking[this.#run()])
    } finally {
      isAnswering = false
    }
    Atomics.notify(words, word.asking)
  }

  #run(): keyof typeof asking {
    const { words, numbers, app } = this.#memory
    const func = words[word.func] as number
    // The plugin asks this way only for what has a codec.
    const codec = this.#codecs.of(func, this.#functions.functionType)
    if (codec === null) return 'refused'
    let args: unknown[]
    try {
      args = codec.args.read(words[word.values] as number) as unknown[]
    } catch {
      return 'refused'
    }
    const question = {
      question: words[word.question] as number,
      func,
      args,
      call: numbers[number.call] as number,
    }
    const answer = this.#functions.answer(question)
    if (answer === undefined) return 'later'
    if (this.#last !== undefined && this.#last.end === app.end) app.rewind(this.#last.begin)
    const begin = app.end
    // To be the last even where reading the value calls the plugin.
    this.#last = undefined
    const values = codec.value.write(answer.value)
    if (values < 0) {
      this.#functions.keep(question, answer.value)
      return 'later'
    }
    words[word.values] = values
    this.#last = { begin, end: app.end }
    return 'answered'
  }
}
