import type { ValueType } from '../types/index.js'
import type { JsValue } from './js-value.js'

/** The typed array that stands for a list of one kind of number. */
export interface TypedArrayCodec {
  /** `Symbol.toStringTag` of its class, by which arrays of other realms are known too. */
  readonly tag: string
  /** A copy of `length` elements of guest memory: the guest can never change what the host holds. */
  copy(bytes: Uint8Array, pointer: number, length: number): JsValue
}

export function typedArrayOf(kind: ValueType['kind']): TypedArrayCodec | undefined {
  return table.get(kind)
}

/** Class name of a typed array, of any realm; `undefined` for everything else. */
export function typedArrayTag(value: unknown): string | undefined {
  return tagGetter.call(value)
}

/** True for an array whose memory was given away; Node 20 cannot be asked otherwise. */
export function isDetached(array: ArrayBufferView): boolean {
  if (array.byteLength > 0) return false
  try {
    return new Uint8Array(array.buffer).byteLength < 0
  } catch {
    return true
  }
}

interface TypedArrayClass {
  readonly name: string
  readonly BYTES_PER_ELEMENT: number
  new (buffer: ArrayBuffer): ArrayBufferView
}

const entry = (Class: TypedArrayClass): TypedArrayCodec => ({
  tag: Class.name,
  copy(bytes, pointer, length) {
    const copy = bytes.slice(pointer, pointer + length * Class.BYTES_PER_ELEMENT)
    return new Class(copy.buffer as ArrayBuffer)
  },
})

const table = new Map<string, TypedArrayCodec>([
  ['u8', entry(Uint8Array)],
  ['s8', entry(Int8Array)],
  ['u16', entry(Uint16Array)],
  ['s16', entry(Int16Array)],
  ['u32', entry(Uint32Array)],
  ['s32', entry(Int32Array)],
  ['u64', entry(BigUint64Array)],
  ['s64', entry(BigInt64Array)],
  ['f32', entry(Float32Array)],
  ['f64', entry(Float64Array)],
])

const tagGetter = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)!.get as (this: unknown) => string | undefined
