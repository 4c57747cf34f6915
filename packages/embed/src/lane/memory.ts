import { type AreaLimits, ValueArea } from '@wasm-plugin/runtime/internal'
import { sharedMemory } from '@wasm-plugin/wasi/gate'
import { Written } from './written.js'

/** Bytes of the values of many parts that one side writes. Larger ones go by message, in pieces and turns. */
const PARTS_BYTES = 128 << 10

/** The same of texts and lists of numbers, which are copied in a fraction of the time: a mebibyte, and what is around it. */
const BULK_BYTES = (1 << 20) + (16 << 10)

/** Calls that may be on a lane at a time. */
export const CELLS = 64

/** A line of the processor's cache for each side that writes, and one for both. */
const HEADER_BYTES = 192
/** And one for what the thread counts, see `ThreadMeter`. */
const METER_BYTES = 64
const CELL_BYTES = 64
/** What a call may show ahead of its result by shared memory; what follows goes by message. */
export const MOST_SHOWN = 7

/** Indices of the words of 32 bits in the header, by who writes them. */
export const word = {
  /** The application's: the number of the last request; its cell is written before. */
  request: 0,
  /** The number of the last reply that it has read. */
  taken: 1,
  /** 1 while it looks for replies, and for what the plugin asks. */
  looks: 2,
  /** 1 while this is the lane that it used last. */
  recent: 3,
  /** The thread's: where it waits, see `place`. */
  place: 16,
  /** The number of the last request that it answered; its cell is written before. */
  reply: 17,
  /** Counts what it has asked of the application by message. */
  asked: 18,
  /** Microseconds that the last request took there. */
  took: 19,
  /** Counts its replies and questions, for an application that sleeps. */
  bell: 20,
  /** Of both, where the plugin asks for a function of the application: see `asking`. */
  asking: 32,
  /** The thread's: the index of the function. */
  func: 33,
  /** The number of the question. */
  question: 34,
  /** Where the values are: the thread's arguments, then the application's answer. */
  values: 35,
} as const

/** Indices of the numbers of 64 bits in the header. */
export const number = {
  /** The thread's: the id of the call in which it asks. */
  call: 18,
} as const

/** Indices of the words of a cell, from `cellOf`. The application writes them, then the thread over them. */
export const cell = {
  /** Of both, see `state`. */
  state: 0,
  /** The index of the function that is called, or `LEAVE`. */
  func: 1,
  /** Where the arguments are, then the result. */
  values: 2,
  /** See `status`. */
  status: 3,
  /** How often the thread has shown something ahead of the result; from the next word on, where that is. */
  shown: 8,
  /** Indices of the numbers of 64 bits, from the half of `cellOf`. */
  call: 2,
  /** Units of fuel; NaN where the plugin is not metered. */
  fuel: 3,
} as const

/** In the place of a function: go back to the event loop, a message is there. */
export const LEAVE = -1

/** Where a thread waits for what it is to do next. */
export const place = {
  /** In its event loop, for messages. */
  eventLoop: 0,
  /** On the lane, with its eyes open. */
  lane: 1,
  /** On the lane, to be woken. */
  asleep: 2,
} as const

/** Of a request. Who changes it from `waits` has it. */
export const state = {
  waits: 0,
  /** The thread runs it. */
  begun: 1,
  /** The application has taken it back. */
  withdrawn: 2,
} as const

export const status = {
  /** What the function returned. */
  value: 0,
  /** The `err` of its `result`. */
  err: 1,
  /** The outcome has been posted. */
  posted: 2,
  /** The arguments are more than it takes this way: nothing has run. */
  refused: 3,
} as const

/** Of a question of the plugin. */
export const asking = {
  nothing: 0,
  waits: 1,
  /** The application has it, and answers now or later. */
  taken: 2,
  answered: 3,
  /** The answer goes by message, to who asks for it by the number of this question. */
  kept: 4,
  /** Nothing has run. */
  refused: 5,
} as const

/** What one thread and the application share: a header, a cell for each call, the values that either side writes. */
export class LaneMemory {
  readonly words: Int32Array
  readonly numbers: Float64Array
  /** What the application writes. */
  readonly app: Written
  /** What the thread writes. */
  readonly thread: Written

  constructor(buffer: SharedArrayBuffer, limits: AreaLimits) {
    this.words = new Int32Array(buffer, 0, VALUES / 4)
    this.numbers = new Float64Array(buffer, 0, VALUES / 8)
    let at = VALUES
    const area = (bytes: number) => {
      at += bytes
      return new ValueArea(new Uint8Array(buffer, at - bytes, bytes), limits)
    }
    const side = () => new Written(area(PARTS_BYTES), area(BULK_BYTES))
    this.app = side()
    this.thread = side()
  }
}

const METER = HEADER_BYTES + CELLS * CELL_BYTES
const VALUES = METER + METER_BYTES

/** Numbers that the thread writes, in the memory of its lane if it has one. */
export function laneMeter(buffer: SharedArrayBuffer): Float64Array {
  const length = METER_BYTES / Float64Array.BYTES_PER_ELEMENT
  return buffer.byteLength === 0 ? new Float64Array(length) : new Float64Array(buffer, METER, length)
}

/** Zero is the state of a lane that nobody has used. */
export function laneBuffer(): SharedArrayBuffer {
  return free.pop() ?? sharedMemory(VALUES + 2 * (PARTS_BYTES + BULK_BYTES))
}

/**
 * Takes one back that nobody reads or writes any more. The engine does not count shared memory, so what is left to it may
 * be a gigabyte before it looks: threads that come and go use the same few.
 */
export function freeLane(buffer: SharedArrayBuffer): void {
  if (free.length === MAX_FREE) return
  new Int32Array(buffer, 0, VALUES / 4).fill(0)
  free.push(buffer)
}

const free: SharedArrayBuffer[] = []

/** Two megabytes each. */
const MAX_FREE = 16

/** Of the request of that number, the index of its first word. */
export function cellOf(request: number): number {
  return (HEADER_BYTES + (request & (CELLS - 1)) * CELL_BYTES) / 4
}

/** Wakes an application that sleeps. */
export function ring(words: Int32Array): void {
  Atomics.add(words, word.bell, 1)
  if (Atomics.load(words, word.looks) === 0) Atomics.notify(words, word.bell)
}
