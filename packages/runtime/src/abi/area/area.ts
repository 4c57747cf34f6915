import { errors } from '../../errors/index.js'
import { defaultInstanceLimits, type InstanceLimits } from '../../limits/index.js'
import { FuncContext } from '../func-context.js'
import { ComponentState } from '../instance-state.js'
import { GuestMemory } from '../memory.js'
import { Store } from '../store.js'
import type { LowerString } from '../strings/index.js'
import { lowerUtf8 } from '../strings/utf8.js'

/** What bounds the values of an area, as it bounds those of an instance. */
export type AreaLimits = Pick<InstanceLimits, 'valueBytes' | 'liftedValues'>

/**
 * Memory that two threads share, with values in it that one of them writes, in the layout that the Canonical ABI gives
 * them in the memory of a guest: strings in UTF-8, what a value points to behind it. The writer tells the other by other
 * means where a value is, and takes its room back when it has been told that it is read.
 */
export class ValueArea {
  /** What lifting and lowering takes the place of a guest by. */
  readonly cx: FuncContext
  #end = 0

  /** @param bytes at an offset of their buffer that 8 divides */
  constructor(bytes: Uint8Array, limits: AreaLimits) {
    const memory = new GuestMemory(null)
    memory.bytes = bytes
    memory.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const store = new Store({ ...defaultInstanceLimits, ...limits }, null, true, false)
    this.cx = new FuncContext({
      instance: new ComponentState(store, null),
      memory,
      realloc: (_old, _oldSize, align, size) => this.#allocate(align, size),
      encoding: 'utf8',
      resources: new Map(),
    })
  }

  /** As `lowerUtf8` does, without counting the bytes first, which takes longer than writing them: all the room is ours. */
  readonly lowerString: LowerString = (cx, value) => {
    if (value.length <= SHORT) return lowerUtf8(cx, value)
    const at = (this.#end + 7) & -8
    const { read, written } = encoder.encodeInto(value, cx.memory.bytes.subarray(at))
    if (read < value.length)
      throw errors.VALUE_TOO_LARGE({ limit: 'valueBytes', value: value.length, max: cx.memory.bytes.length })
    cx.limitGiven(written)
    this.#end = at + written
    cx.store.stringLength = written
    return at
  }

  /** Where the next value will be. */
  get end(): number {
    return this.#end
  }

  /** Takes back the room of all that was written since `end` was this. */
  rewind(end: number): void {
    this.#end = end
    const { store } = this.cx
    store.locked = false
    store.fault = null
  }

  /** Room for what is copied from `from`, at the same place within eight bytes if it is large; -1 where there is none. */
  reserve(size: number, align: number, from = 0): number {
    const at = size > UNALIGNED ? ((this.#end + 7) & -8) + (from & 7) : (this.#end + align - 1) & -align
    const end = at + size
    if (end > this.cx.memory.bytes.length) return -1
    this.#end = end
    return at
  }

  #allocate(align: number, size: number): number {
    const at = size > UNALIGNED ? (this.#end + 7) & -8 : (this.#end + align - 1) & -align
    const end = at + size
    const max = this.cx.memory.bytes.length
    // A length that an object of the application made up need not be a number.
    if (!(end <= max)) throw errors.VALUE_TOO_LARGE({ limit: 'valueBytes', value: size, max })
    this.#end = end
    return at
  }
}

const encoder = new TextEncoder()

/** Bytes up to which it does not matter where they are: more are copied eight times as fast from an eighth to an eighth. */
const UNALIGNED = 64

/** UTF-16 units up to which the encoder of the platform costs more than it saves. */
const SHORT = 64
