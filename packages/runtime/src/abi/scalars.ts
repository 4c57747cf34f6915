import type { FlatType, PrimitiveKind } from '../types/index.js'
import { abiTrap } from './func-context.js'
import type { CoreValue, JsValue } from './js-value.js'

export type ScalarKind = Exclude<PrimitiveKind, 'string'>

/** The component's view of a scalar in memory and in a core value (CanonicalABI.md, "Loading", "Flat Lifting"). */
export interface Scalar {
  readonly load: (view: DataView, pointer: number) => JsValue
  readonly store: (view: DataView, pointer: number, value: JsValue) => void
  readonly lift: (core: JsValue) => JsValue
  readonly lower: (value: JsValue) => CoreValue
}

const same = (value: JsValue): JsValue => value

export const scalars: Readonly<Record<ScalarKind, Scalar>> = {
  bool: {
    load: (view, p) => view.getUint8(p) !== 0,
    store: (view, p, v) => view.setUint8(p, v ? 1 : 0),
    lift: (core) => core !== 0,
    lower: (v) => (v ? 1 : 0),
  },
  s8: {
    load: (view, p) => view.getInt8(p),
    store: (view, p, v) => view.setInt8(p, v),
    lift: (core) => (core << 24) >> 24,
    lower: same,
  },
  u8: {
    load: (view, p) => view.getUint8(p),
    store: (view, p, v) => view.setUint8(p, v),
    lift: (core) => core & 0xff,
    lower: same,
  },
  s16: {
    load: (view, p) => view.getInt16(p, true),
    store: (view, p, v) => view.setInt16(p, v, true),
    lift: (core) => (core << 16) >> 16,
    lower: same,
  },
  u16: {
    load: (view, p) => view.getUint16(p, true),
    store: (view, p, v) => view.setUint16(p, v, true),
    lift: (core) => core & 0xffff,
    lower: same,
  },
  s32: {
    load: (view, p) => view.getInt32(p, true),
    store: (view, p, v) => view.setInt32(p, v, true),
    lift: (core) => core | 0,
    lower: same,
  },
  u32: {
    load: (view, p) => view.getUint32(p, true),
    store: (view, p, v) => view.setUint32(p, v, true),
    lift: (core) => core >>> 0,
    lower: same,
  },
  s64: {
    load: (view, p) => view.getBigInt64(p, true),
    store: (view, p, v) => view.setBigInt64(p, v, true),
    lift: (core) => BigInt.asIntN(64, core),
    lower: same,
  },
  u64: {
    load: (view, p) => view.getBigUint64(p, true),
    store: (view, p, v) => view.setBigUint64(p, v, true),
    lift: (core) => BigInt.asUintN(64, core),
    lower: same,
  },
  f32: {
    load: (view, p) => view.getFloat32(p, true),
    store: (view, p, v) => view.setFloat32(p, v, true),
    lift: same,
    lower: same,
  },
  f64: {
    load: (view, p) => view.getFloat64(p, true),
    store: (view, p, v) => view.setFloat64(p, v, true),
    lift: same,
    lower: same,
  },
  char: {
    load: (view, p) => liftChar(view.getUint32(p, true)),
    store: (view, p, v) => view.setUint32(p, v.codePointAt(0), true),
    lift: liftChar,
    lower: (v) => v.codePointAt(0),
  },
}

/** @throws {ABI_TRAP} not a Unicode scalar value */
export function liftChar(core: number): string {
  const code = core >>> 0
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
    throw abiTrap('a char is not a Unicode scalar value')
  return String.fromCodePoint(code)
}

const bits = new DataView(new ArrayBuffer(8))

/** A core value of type `have` as it travels in a variant's shared slot of type `want`. */
export function widen(value: JsValue, have: FlatType, want: FlatType): CoreValue {
  if (have === want) return value
  if (want === 'i32') return bitsOfF32(value)
  if (have === 'f64') return bitsOfF64(value)
  return BigInt.asUintN(32, BigInt(have === 'f32' ? bitsOfF32(value) : value))
}

/** The reverse of `widen`: the payload of type `want` out of a slot of type `have`. */
export function narrow(value: JsValue, have: FlatType, want: FlatType): CoreValue {
  if (have === want) return value
  if (have === 'i32') return f32OfBits(value)
  if (want === 'f64') return f64OfBits(value)
  const low = Number(BigInt.asIntN(32, value))
  return want === 'f32' ? f32OfBits(low) : low
}

export function bitsOfF32(value: number): number {
  bits.setFloat32(0, value)
  return bits.getInt32(0)
}

export function bitsOfF64(value: number): bigint {
  bits.setFloat64(0, value)
  return bits.getBigInt64(0)
}

export function f32OfBits(value: number): number {
  bits.setInt32(0, value)
  return bits.getFloat32(0)
}

export function f64OfBits(value: bigint): number {
  bits.setBigInt64(0, value)
  return bits.getFloat64(0)
}
