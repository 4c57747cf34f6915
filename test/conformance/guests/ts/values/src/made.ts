import type { Color, Exports, ThirtyTwo } from './gen/world.js'

const NEXT: Record<Color, Color> = { red: 'green', green: 'deep-blue', 'deep-blue': 'red' }

export const made: Exports['made'] = {
  invert(v) {
    const next = v.letter.codePointAt(0)! + 1
    const isScalar = (next < 0xd800 || next > 0xdfff) && next <= 0x10ffff
    return {
      truth: !v.truth,
      tiny: ~v.tiny,
      byte: ~v.byte & 0xff,
      short: ~v.short,
      word: ~v.word & 0xffff,
      signed: ~v.signed,
      unsigned: ~v.unsigned >>> 0,
      long: ~v.long,
      bits: BigInt.asUintN(64, ~v.bits),
      single: -v.single,
      double: -v.double,
      letter: String.fromCodePoint(isScalar ? next : 0),
    }
  },

  complement(v) {
    const labels = Object.keys(v) as (keyof ThirtyTwo)[] // It has all of them, and nothing else.
    return Object.fromEntries(labels.map((label) => [label, !v[label]]))
  },

  nextColor: (v) => NEXT[v],

  area(v) {
    switch (v.tag) {
      case 'circle':
        return 3 * v.val * v.val
      case 'sides':
        return v.val.reduce((sum, side) => sum + side, 0)
      case 'count':
        return v.val
      default:
        return undefined
    }
  },

  nameOf: (v) => v.tag,

  divide(a, b) {
    if (b === 0) throw `${a} by zero`
    return (a / b) | 0
  },

  reverse: (v) => v.toReversed(),

  measure: (v) => [[...v].length, new TextEncoder().encode(v).length],

  join: (v, separator) => v.join(separator),

  wrap: (n) => (n === 0 ? { tag: 'none' } : { tag: 'some', val: n === 1 ? undefined : n }),

  sum: (v) =>
    BigInt.asIntN(
      64,
      v.reduce((sum, number) => sum + number, 0n),
    ),

  specialFloats: () =>
    Float64Array.of(
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      -0,
      Number.MIN_VALUE,
      Number.MAX_VALUE,
    ),

  fill: (length, byte) => new Uint8Array(length).fill(byte),
}
