import type { FlatType } from '../../types/index.js'
import type { ScalarKind } from '../scalars.js'

/** The text of what `scalars` does, by kind: expressions over a pointer, a core value or a JS value. */
export interface ScalarText {
  readonly load: (pointer: string) => string
  readonly store: (pointer: string, value: string) => string
  readonly lift: (core: string) => string
  readonly lower: (value: string) => string
  readonly check: (value: string) => string
}

const same = (text: string) => text
const isInt = (test: (v: string) => string) => (v: string) =>
  `(typeof ${v} === 'number' && ${test(v)} === ${v})`

function scalar(
  access: string,
  lift: (core: string) => string,
  check: (value: string) => string,
): ScalarText {
  const order = access.endsWith('8') ? '' : ', true'
  return {
    load: (p) => `view.get${access}(${p}${order})`,
    store: (p, v) => `view.set${access}(${p}, ${v}${order})`,
    lift,
    lower: same,
    check,
  }
}

const isNumber = (v: string) => `(typeof ${v} === 'number')`

export const scalarText: Readonly<Record<ScalarKind, ScalarText>> = {
  bool: {
    load: (p) => `(view.getUint8(${p}) !== 0)`,
    store: (p, v) => `view.setUint8(${p}, ${v} ? 1 : 0)`,
    lift: (c) => `(${c} !== 0)`,
    lower: (v) => `(${v} ? 1 : 0)`,
    check: (v) => `(typeof ${v} === 'boolean')`,
  },
  u8: scalar(
    'Uint8',
    (c) => `(${c} & 255)`,
    isInt((v) => `(${v} & 255)`),
  ),
  s8: scalar(
    'Int8',
    (c) => `(${c} << 24 >> 24)`,
    isInt((v) => `(${v} << 24 >> 24)`),
  ),
  u16: scalar(
    'Uint16',
    (c) => `(${c} & 65535)`,
    isInt((v) => `(${v} & 65535)`),
  ),
  s16: scalar(
    'Int16',
    (c) => `(${c} << 16 >> 16)`,
    isInt((v) => `(${v} << 16 >> 16)`),
  ),
  u32: scalar(
    'Uint32',
    (c) => `(${c} >>> 0)`,
    isInt((v) => `(${v} >>> 0)`),
  ),
  s32: scalar(
    'Int32',
    (c) => `(${c} | 0)`,
    isInt((v) => `(${v} | 0)`),
  ),
  u64: scalar('BigUint64', (c) => `BigInt.asUintN(64, ${c})`, isBigInt('asUintN')),
  s64: scalar('BigInt64', (c) => `BigInt.asIntN(64, ${c})`, isBigInt('asIntN')),
  f32: scalar('Float32', same, isNumber),
  f64: scalar('Float64', same, isNumber),
  char: {
    load: (p) => `liftChar(view.getUint32(${p}, true))`,
    store: (p, v) => `view.setUint32(${p}, ${v}.codePointAt(0), true)`,
    lift: (c) => `liftChar(${c})`,
    lower: (v) => `${v}.codePointAt(0)`,
    check: (v) => `isChar(${v})`,
  },
}

function isBigInt(wrap: 'asUintN' | 'asIntN') {
  return (v: string) => `(typeof ${v} === 'bigint' && BigInt.${wrap}(64, ${v}) === ${v})`
}

/** `widen` of scalars.ts as text. */
export function widenText(value: string, have: FlatType, want: FlatType): string {
  return have === want ? value : `widen(${value}, '${have}', '${want}')`
}

/** `narrow` of scalars.ts as text. */
export function narrowText(value: string, have: FlatType, want: FlatType): string {
  return have === want ? value : `narrow(${value}, '${have}', '${want}')`
}

/** Unsigned read and write of 1, 2 or 4 bytes, for discriminants and flags. */
export function uint(size: number): ScalarText {
  return scalarText[size === 1 ? 'u8' : size === 2 ? 'u16' : 'u32']
}
