import type { CoreReader } from '../core-reader.js'
import type { Arities } from './arities.js'
import { type Engine, giveBack, takeEngine } from './engine.js'
import { faultOf } from './faults.js'

/** What `pass` answers with, if not that it may go on. */
const DONE = 0
const SHORT = 2

/** Instructions of a step, which takes less than a tenth of a millisecond. */
const INSTRUCTIONS_PER_STEP = 16_384

/** Bytes of code that are in the engine's memory at a time, unless one function has more. */
const WINDOW = 256 << 10

/** Bytes behind the window that are looked at, whatever they are. */
const BEHIND = 16

/** Engines refuse a function of more bytes, those of its size included. */
const MAX_FUNCTION_BYTES = 7_654_321 + 5

const PAGE_BYTES = 65_536

/** Passes the functions of a code section in steps; none can follow one that failed. */
export class CodeWalk {
  /** Offsets behind the long instructions. */
  readonly long: number[] = []
  /** Of all functions, at the end. */
  cost = 0
  readonly #engine: Engine
  /** At what is in the window. */
  readonly #reader: CoreReader
  /** Address of the window. */
  readonly #window: number

  constructor(reader: CoreReader, arities: Arities) {
    this.#reader = reader
    this.#engine = takeEngine(reader.module)
    this.#window = declared(this.#engine, arities)
    this.#engine.open(arities.imported, reader.u32())
    this.#see(WINDOW)
  }

  /** False at the end. */
  step(): boolean {
    const engine = this.#engine
    const state = this.#pass()
    this.#collect()
    if (state === SHORT) {
      const { needed } = engine
      this.#reader.offset = this.#offset
      if (needed.value > MAX_FUNCTION_BYTES)
        throw this.#reader.malformed(`a function of ${needed.value} bytes`)
      this.#see(Math.max(needed.value, WINDOW))
    }
    if (state !== DONE) return true
    this.cost = engine.total.value
    giveBack(engine)
    return false
  }

  #pass(): number {
    const engine = this.#engine
    try {
      return engine.pass(INSTRUCTIONS_PER_STEP)
    } catch (error) {
      if (engine.fault.value === 0) throw error
      this.#reader.offset = this.#offset
      throw faultOf(engine, this.#reader)
    }
  }

  /** Of the next instruction, in the module. */
  get #offset(): number {
    return this.#reader.offset + this.#engine.at.value - this.#window
  }

  #collect(): void {
    const { LONG, longCount, memory } = this.#engine
    if (longCount.value === 0) return
    const shift = this.#reader.offset - this.#window
    for (const at of new Uint32Array(memory.buffer, LONG.value, longCount.value)) this.long.push(at + shift)
  }

  /** Puts so many bytes into the window, those that there are. */
  #see(length: number): void {
    const { offset, bytes, remaining } = this.#reader
    const seen = Math.min(length, remaining)
    reserve(this.#engine, this.#window + seen + BEHIND)
    new Uint8Array(this.#engine.memory.buffer).set(bytes.subarray(offset, offset + seen), this.#window)
    this.#engine.see(this.#window, seen, remaining)
  }
}

/** Writes what the code refers to; the answer is the address behind it. */
function declared(engine: Engine, { types, functions, tags }: Arities): number {
  const start = engine.FREE.value
  const words = 2 * types.length + functions.length + tags.length
  reserve(engine, start + 4 * words)
  const numbers = new Uint32Array(engine.memory.buffer, start, words)
  let next = 0
  for (const { parameters, results } of types) {
    numbers[next++] = parameters
    numbers[next++] = results
  }
  numbers.set(functions, next)
  numbers.set(tags, next + functions.length)
  engine.declare(types.length, functions.length, tags.length)
  return start + 4 * words
}

function reserve({ memory }: Engine, bytes: number): void {
  const pages = Math.ceil((bytes - memory.buffer.byteLength) / PAGE_BYTES)
  if (pages > 0) memory.grow(pages)
}
