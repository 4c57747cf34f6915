import { type AreaLimits, ValueArea } from '@wasm-plugin/runtime/internal'

/** Bytes of the values of one direction. Larger ones go by message, in pieces and turns. */
const AREA_BYTES = 128 << 10

/** A line of the processor's cache for each side that writes. */
const HEADER_BYTES = 128

/** Indices of the words of 32 bits in the header, by who writes them. */
export const word = {
  /** The application's: the number of the last request; the words below are written before it. */
  request: 0,
  /** The index of the function that is called, or `LEAVE`. */
  func: 1,
  /** The thread's: where it waits, see `place`. */
  place: 16,
  /** The number of the last request that it answered; the words below are written before it. */
  reply: 17,
  /** See `status`. */
  status: 18,
  /** Counts what it has asked of the application. */
  asked: 19,
} as const

/** Indices of the numbers of 64 bits in the header, which the application writes. */
export const number = {
  /** The id of the call. */
  call: 1,
  /** Units of fuel; NaN where the plugin is not metered. */
  fuel: 2,
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

/** What one thread and the application share: a header, the arguments of a call, its result. */
export class LaneMemory {
  readonly words: Int32Array
  readonly numbers: Float64Array
  readonly args: ValueArea
  readonly result: ValueArea

  constructor(buffer: SharedArrayBuffer, limits: AreaLimits) {
    this.words = new Int32Array(buffer, 0, HEADER_BYTES / 4)
    this.numbers = new Float64Array(buffer, 0, HEADER_BYTES / 8)
    const area = (index: number) =>
      new ValueArea(new Uint8Array(buffer, HEADER_BYTES + index * AREA_BYTES, AREA_BYTES), limits)
    this.args = area(0)
    this.result = area(1)
  }
}

/** Zero is the state of a lane that nobody has used. */
export function laneBuffer(): SharedArrayBuffer {
  return new SharedArrayBuffer(HEADER_BYTES + 2 * AREA_BYTES)
}
