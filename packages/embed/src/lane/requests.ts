import type { FunctionCodec } from './function-codec.js'
import { CELLS, cell, cellOf, type LaneMemory, LEAVE, MOST_SHOWN, state, status, word } from './memory.js'
import type { Spin } from './spin.js'

/** A call that is on the lane. */
export interface Underway {
  readonly id: number
  readonly codec: FunctionCodec
  readonly spin: Spin
  /** How much of what it has shown ahead of its result was read. */
  seen: number
}

/** What the thread is to run: the index of the function, and where its arguments are. */
export interface LaneRequest {
  readonly func: number
  readonly values: number
  readonly fuel: number | undefined
}

/** `refused`: the thread has no room for the arguments, and nothing has run. */
export type LaneReply =
  | { readonly status: 'value' | 'err'; readonly value: unknown }
  | { readonly status: 'refused' }

/** Requests that may be on a lane: a cell is left for what is no call. */
const MOST = CELLS - 1

/** The requests that the application has made on a lane, and that the thread answers in their order. */
export class Requests {
  readonly #memory: LaneMemory
  /** By the cells of their requests; undefined for what is no call, or none any more. */
  readonly #underway: (Underway | undefined)[] = Array(CELLS).fill(undefined)
  #calls = 0
  #last = 0
  /** The last reply that was read. */
  #taken = 0

  constructor(memory: LaneMemory) {
    this.#memory = memory
  }

  /** Calls that are on the lane. */
  get calls(): number {
    return this.#calls
  }

  /** The number of the last one. */
  get last(): number {
    return this.#last
  }

  /** Whether every cell is one that the thread may yet look at, which it does at those of calls that were taken back. */
  get isFull(): boolean {
    return this.#unread >= MOST
  }

  /** Whether nothing of what was written for them is read any more. */
  get areRead(): boolean {
    return this.#taken === this.#last
  }

  /** Whether the thread has answered something that was not taken. */
  get hasReply(): boolean {
    return Atomics.load(this.#memory.words, word.reply) !== this.#taken
  }

  /** Makes a request, which the thread sees when it is shown `word.request`. */
  add(call: Underway, { func, values, fuel }: LaneRequest): number {
    const { words, numbers } = this.#memory
    const request = (this.#last + 1) | 0
    const at = cellOf(request)
    words[at + cell.func] = func
    words[at + cell.values] = values
    words[at + cell.shown] = 0
    numbers[at / 2 + cell.call] = call.id
    numbers[at / 2 + cell.fuel] = fuel ?? Number.NaN
    this.#underway[request & (CELLS - 1)] = call
    this.#calls++
    this.#last = request
    return request
  }

  /** Has the thread go back to its event loop; undefined where the last request is to do so, since no cell is left. */
  addLeave(): number | undefined {
    if (this.#unread === CELLS) return undefined
    this.#last = (this.#last + 1) | 0
    this.#memory.words[cellOf(this.#last) + cell.func] = LEAVE
    return this.#last
  }

  at(request: number): Underway {
    return this.#underway[request & (CELLS - 1)] as Underway
  }

  /** The request whose answer is the next to be read; undefined where that is not there, or comes by message. */
  next(): number | undefined {
    const { words } = this.#memory
    while (this.hasReply) {
      const request = (this.#taken + 1) | 0
      if (this.at(request) !== undefined)
        return words[cellOf(request) + cell.status] === status.posted ? undefined : request
      this.#setTaken(request)
    }
    return undefined
  }

  /** The first request that was not taken, which may run; undefined where that is none. */
  get first(): number | undefined {
    const request = (this.#taken + 1) | 0
    return this.at(request) === undefined ? undefined : request
  }

  /** Whether that has shown something that was not read. */
  get hasShown(): boolean {
    const request = this.first
    if (request === undefined) return false
    return Atomics.load(this.#memory.words, cellOf(request) + cell.shown) > this.at(request).seen
  }

  /** What a call has shown ahead of its result since this was asked last; undefined in the place of what is no value. */
  shown(request: number): unknown[] {
    const call = this.at(request)
    const at = cellOf(request) + cell.shown
    const values: unknown[] = []
    const count = Math.min(Atomics.load(this.#memory.words, at), MOST_SHOWN)
    while (call.seen < count) values.push(readOr(call.codec, this.#memory.words[at + ++call.seen] as number))
    return values
  }

  /** The answer to the `next` one. */
  take(request: number): LaneReply {
    const { words } = this.#memory
    const at = cellOf(request)
    const { codec } = this.at(request)
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

  /** Takes a call back that has not begun: its arguments; undefined where it has. */
  withdraw(id: number): readonly unknown[] | undefined {
    const request = this.#find(id)
    if (request === undefined) return undefined
    const { words } = this.#memory
    const at = cellOf(request)
    if (Atomics.compareExchange(words, at + cell.state, state.waits, state.withdrawn) !== state.waits)
      return undefined
    const args = this.at(request).codec.args.read(words[at + cell.values] as number) as unknown[]
    this.remove(id)
    return args
  }

  has(id: number): boolean {
    return this.#find(id) !== undefined
  }

  remove(id: number): boolean {
    const request = this.#find(id)
    if (request === undefined) return false
    this.#underway[request & (CELLS - 1)] = undefined
    this.#calls--
    return true
  }

  /** Ids of the calls, in their order. */
  ids(): number[] {
    const ids: number[] = []
    for (let request = this.#taken; request !== this.#last; ) {
      request = (request + 1) | 0
      const call = this.#underway[request & (CELLS - 1)]
      if (call !== undefined) ids.push(call.id)
    }
    return ids
  }

  /** Requests that the thread may not have passed. */
  get #unread(): number {
    return (this.#last - this.#taken) | 0
  }

  #setTaken(request: number): void {
    this.#taken = request
    Atomics.store(this.#memory.words, word.taken, request)
  }

  #find(id: number): number | undefined {
    for (let request = this.#taken; request !== this.#last; ) {
      request = (request + 1) | 0
      if (this.#underway[request & (CELLS - 1)]?.id === id) return request
    }
    return undefined
  }
}

function readOr({ value }: FunctionCodec, at: number): unknown {
  try {
    return value.read(at)
  } catch {
    return undefined
  }
}
