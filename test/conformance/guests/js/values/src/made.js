const COLORS = ['red', 'green', 'deep-blue']

export const made = {
  invert(v) {
    const next = v.letter.codePointAt(0) + 1
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

  complement: (v) => Object.fromEntries(Object.entries(v).map(([label, isSet]) => [label, !isSet])),

  nextColor: (v) => COLORS[(COLORS.indexOf(v) + 1) % COLORS.length],

  area({ tag, val }) {
    if (tag === 'circle') return 3 * val * val
    if (tag === 'sides') return val.reduce((sum, side) => sum + side, 0)
    return tag === 'count' ? val : undefined
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

  specialFloats: () => Float64Array.of(NaN, Infinity, -Infinity, -0, Number.MIN_VALUE, Number.MAX_VALUE),

  fill: (length, byte) => new Uint8Array(length).fill(byte),
}
