import type { FuncType } from '@wasm-plugin/runtime'
import { tooLarge } from '../wire/room.js'
import { type FunctionCodec, FunctionCodecs } from './function-codec.js'
import { asking, type LaneMemory, number, word } from './memory.js'
import { Spin } from './spin.js'

/** Microseconds that a thread looks for an answer before it sleeps. */
const SPIN_US = 30

/** Times that a function is asked for by message after its answer had to come later. */
const SKIPPED = 64

/** `later`: the answer is to be asked for by message, by that number. */
export type LaneAnswer = { readonly value: unknown } | { readonly later: number }

/** Asks for functions of the application, whose thread looks for the answer of the call that asks. */
export class ThreadQuestions {
  readonly #memory: LaneMemory
  readonly #codecs: FunctionCodecs
  readonly #maxValues: number
  readonly #spin = new Spin(SPIN_US)
  /** By the index of the function: times that it is not to be asked for this way. */
  readonly #skip: number[] = []
  #question = 0

  constructor(memory: LaneMemory, maxValues: number) {
    this.#memory = memory
    this.#maxValues = maxValues
    this.#codecs = new FunctionCodecs({ args: memory.thread, result: memory.app })
  }

  /** Undefined where nobody looks, or it does not fit: nothing has run. @throws {VALUE_TOO_LARGE} */
  ask(
    func: number,
    type: FuncType,
    { args, call }: { args: readonly unknown[]; call: number },
  ): LaneAnswer | undefined {
    const { words, numbers, thread } = this.#memory
    if (Atomics.load(words, word.looks) === 0) return undefined
    const skip = this.#skip[func] ?? 0
    if (skip > 0) {
      this.#skip[func] = skip - 1
      return undefined
    }
    const codec = this.#codecs.of(func, () => type)
    if (codec === null) return undefined
    const { end } = thread
    const values = codec.args.write(args)
    if (values < 0) return undefined
    try {
      words[word.func] = func
      words[word.question] = ++this.#question
      words[word.values] = values
      numbers[number.call] = call
      switch (this.#await()) {
        case asking.answered:
          return { value: this.#read(codec.value) }
        case asking.later:
          this.#skip[func] = SKIPPED
          return { later: this.#question }
        default:
          return undefined
      }
    } finally {
      thread.rewind(end)
    }
  }

  #read(codec: FunctionCodec['value']): unknown {
    try {
      return codec.read(this.#memory.words[word.values] as number)
    } catch {
      throw tooLarge(this.#maxValues)
    }
  }

  /** What came of the question. */
  #await(): number {
    const { words } = this.#memory
    Atomics.store(words, word.asking, asking.waits)
    if (
      Atomics.load(words, word.looks) === 0 &&
      Atomics.compareExchange(words, word.asking, asking.waits, asking.nothing) === asking.waits
    )
      return asking.nothing
    // Somebody looks, or has it: it will be answered.
    this.#spin.until(() => Atomics.load(words, word.asking) > asking.taken)
    for (;;) {
      const now = Atomics.load(words, word.asking)
      if (now > asking.taken) return now
      Atomics.wait(words, word.asking, now)
    }
  }
}
