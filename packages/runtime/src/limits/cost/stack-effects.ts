/**
 * By how much each instruction changes the height of the operand stack, where its opcode tells; what depends on a type or
 * on the block around it is left to `compile-cost.ts`. Where rows are missing the height does not change, which is never
 * too low: no instruction without a row pushes more than it pops.
 */
type Row = readonly [first: number, last: number, effect: number]

const plain: readonly Row[] = [
  [0x1a, 0x1a, -1], // drop
  [0x1b, 0x1c, -2], // select
  [0x20, 0x20, 1], // local.get
  [0x21, 0x21, -1], // local.set
  [0x23, 0x23, 1], // global.get
  [0x24, 0x24, -1], // global.set
  [0x26, 0x26, -2], // table.set
  [0x36, 0x3e, -2], // stores
  [0x3f, 0x3f, 1], // memory.size
  [0x41, 0x44, 1], // constants
  [0x46, 0x4f, -1], // comparisons of i32
  [0x51, 0x66, -1], // comparisons of i64, f32, f64
  [0x6a, 0x78, -1], // arithmetic of i32
  [0x7c, 0x8a, -1], // of i64
  [0x92, 0x98, -1], // of f32
  [0xa0, 0xa6, -1], // of f64
  [0xd0, 0xd0, 1], // ref.null
  [0xd2, 0xd2, 1], // ref.func
  [0xd3, 0xd3, -1], // ref.eq
  [0xd6, 0xd6, -1], // br_on_non_null
]

const bulk: readonly Row[] = [
  [0x08, 0x08, -3], // memory.init
  [0x0a, 0x0c, -3], // memory.copy, memory.fill, table.init
  [0x0e, 0x0e, -3], // table.copy
  [0x0f, 0x0f, -1], // table.grow
  [0x10, 0x10, 1], // table.size
  [0x11, 0x11, -3], // table.fill
  [0x13, 0x14, -2], // i64.add128, i64.sub128
]

const simd: readonly Row[] = [
  [0x0b, 0x0b, -2], // v128.store
  [0x0c, 0x0c, 1], // v128.const
  [0x0d, 0x0e, -1], // shuffle, swizzle
  [0x17, 0x17, -1], // replace_lane
  [0x1a, 0x1a, -1],
  [0x1c, 0x1c, -1],
  [0x1e, 0x1e, -1],
  [0x20, 0x20, -1],
  [0x22, 0x4c, -1], // replace_lane, comparisons
  [0x4e, 0x51, -1], // and, andnot, or, xor
  [0x52, 0x52, -2], // bitselect
  [0x54, 0x57, -1], // load_lane
  [0x58, 0x5b, -2], // store_lane
  [0x65, 0x66, -1], // narrow
  [0x6b, 0x73, -1], // shifts and arithmetic of i8x16
  [0x76, 0x79, -1],
  [0x7b, 0x7b, -1],
  [0x82, 0x82, -1],
  [0x85, 0x86, -1],
  [0x8b, 0x93, -1],
  [0x95, 0x99, -1],
  [0x9b, 0x9f, -1],
  [0xab, 0xae, -1],
  [0xb1, 0xb1, -1],
  [0xb5, 0xba, -1],
  [0xbc, 0xbf, -1],
  [0xcb, 0xce, -1],
  [0xd1, 0xd1, -1],
  [0xd5, 0xdf, -1],
  [0xe4, 0xeb, -1],
  [0xf0, 0xf7, -1],
]

/** 0xFE: a load takes and gives one; the others are counted as if they did. */
const atomic: readonly Row[] = [[0x17, 0x1d, -2]] // stores

export const plainEffects: Int8Array = table(plain)

/** By prefix, then by the opcode that follows; those of 0x100 on do not change the height by more than they pop. */
export const prefixedEffects: ReadonlyMap<number, Int8Array> = new Map([
  [0xfc, table(bulk)],
  [0xfd, table(simd)],
  [0xfe, table(atomic)],
])

function table(rows: readonly Row[]): Int8Array {
  const effects = new Int8Array(0x100)
  for (const [first, last, effect] of rows) effects.fill(effect, first, last + 1)
  return effects
}
