import type { FuncType } from '@wasm-plugin/runtime'
import { tooLarge } from '../wire/room.js'
import { type FunctionCodec, FunctionCodecs } from './function-codec.js'
import { asking, type LaneMemory, number, ring, word } from './memory.js'
import { Patience } from './patience.js'

/** `kept`: the answer is to be asked for by message, by that number. */
export type LaneAnswer = { readonly value: unknown } | { readonly kept: number }

/** Asks for functions of the application, which waits for the answer of the call that asks. */
export class ThreadQuestions {
  readonly #memory: LaneMemory
  readonly #codecs: FunctionCodecs
  readonly #maxValues: number
  readonly #patience = new Patience(() => true)
  #question = 0

  constructor(memory: LaneMemory, maxValues: number) {
    this.#memory = memory
    this.#maxValues = maxValues
    this.#codecs = new FunctionCodecs({ args: memory.thread, result: memory.app })
  }

  /** Undefined where it does not fit: nothing has run. @throws {VALUE_TOO_LARGE} */
  ask(
    func: number,
    type: FuncType,
    { args, call }: { args: readonly unknown[]; call: number },
  ): LaneAnswer | undefined {
    const { words, numbers } = this.#memory
    const codec = this.#codecs.of(func, () => type)
    if (codec === null) return undefined
    const { args: area } = codec.areas
    const { end } = area
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
        case asking.kept:
          return { kept: this.#question }
        default:
          return undefined
      }
    } finally {
      area.rewind(end)
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
    ring(words)
    const isOver = () => Atomics.load(words, word.asking) > asking.taken
    if (!this.#patience.until(isOver)) {
      for (;;) {
        const now = Atomics.load(words, word.asking)
        if (now > asking.taken) break
        Atomics.wait(words, word.asking, now)
      }
      this.#patience.woken()
    }
    return Atomics.load(words, word.asking)
  }
}
