/**
 * Every instruction that engines from V8 11.3 (Node 20) on accept without a flag, with the shape of its
 * immediates: WebAssembly 2.0, SIMD and relaxed SIMD, tail calls, both exception proposals, threads,
 * multi-memory, memory64, function references, GC and wide arithmetic. An opcode without a row is unknown:
 * whoever walks code refuses it, because one skipped byte too many or too few hides whatever follows.
 */
export const Shape = {
  UNKNOWN: 0,
  NONE: 1,
  /** One unsigned LEB: an index of any space, or a label depth. */
  INDEX: 2,
  INDEX2: 3,
  /** Block type: empty, a value type, or a type index. */
  BLOCK: 4,
  /** Vector of label depths and a default. */
  LABELS: 5,
  /** Block type and vector of catch clauses. */
  TRY_TABLE: 6,
  /** Vector of value types. */
  TYPES: 7,
  /** Alignment (bit 6: a memory index follows) and offset. */
  MEMARG: 8,
  MEMARG_LANE: 9,
  /** Signed LEB of 32 or 64 bits. */
  SIGNED: 10,
  BYTE: 11,
  BYTES4: 12,
  BYTES8: 13,
  BYTES16: 14,
  HEAP_TYPE: 15,
  /** Flags, label depth, two heap types. */
  CAST_BRANCH: 16,
} as const

export type Shape = (typeof Shape)[keyof typeof Shape]

type Row = readonly [first: number, last: number, shape: Shape]

const S = Shape

const plain: readonly Row[] = [
  [0x00, 0x01, S.NONE], // unreachable, nop
  [0x02, 0x04, S.BLOCK], // block, loop, if
  [0x05, 0x05, S.NONE], // else
  [0x06, 0x06, S.BLOCK], // try
  [0x07, 0x09, S.INDEX], // catch, throw, rethrow
  [0x0a, 0x0b, S.NONE], // throw_ref, end
  [0x0c, 0x0d, S.INDEX], // br, br_if
  [0x0e, 0x0e, S.LABELS], // br_table
  [0x0f, 0x0f, S.NONE], // return
  [0x10, 0x10, S.INDEX], // call
  [0x11, 0x11, S.INDEX2], // call_indirect
  [0x12, 0x12, S.INDEX], // return_call
  [0x13, 0x13, S.INDEX2], // return_call_indirect
  [0x14, 0x15, S.INDEX], // call_ref, return_call_ref
  [0x18, 0x18, S.INDEX], // delegate
  [0x19, 0x1b, S.NONE], // catch_all, drop, select
  [0x1c, 0x1c, S.TYPES], // select with types
  [0x1f, 0x1f, S.TRY_TABLE],
  [0x20, 0x26, S.INDEX], // local.*, global.*, table.get, table.set
  [0x28, 0x3e, S.MEMARG], // loads and stores
  [0x3f, 0x40, S.INDEX], // memory.size, memory.grow
  [0x41, 0x42, S.SIGNED], // i32.const, i64.const
  [0x43, 0x43, S.BYTES4], // f32.const
  [0x44, 0x44, S.BYTES8], // f64.const
  [0x45, 0xc4, S.NONE], // comparisons, arithmetic, conversions, sign extension
  [0xd0, 0xd0, S.HEAP_TYPE], // ref.null
  [0xd1, 0xd1, S.NONE], // ref.is_null
  [0xd2, 0xd2, S.INDEX], // ref.func
  [0xd3, 0xd4, S.NONE], // ref.eq, ref.as_non_null
  [0xd5, 0xd6, S.INDEX], // br_on_null, br_on_non_null
]

/** 0xFB: GC. */
const gc: readonly Row[] = [
  [0x00, 0x01, S.INDEX], // struct.new, struct.new_default
  [0x02, 0x05, S.INDEX2], // struct.get, struct.get_s, struct.get_u, struct.set
  [0x06, 0x07, S.INDEX], // array.new, array.new_default
  [0x08, 0x0a, S.INDEX2], // array.new_fixed, array.new_data, array.new_elem
  [0x0b, 0x0e, S.INDEX], // array.get, array.get_s, array.get_u, array.set
  [0x0f, 0x0f, S.NONE], // array.len
  [0x10, 0x10, S.INDEX], // array.fill
  [0x11, 0x13, S.INDEX2], // array.copy, array.init_data, array.init_elem
  [0x14, 0x17, S.HEAP_TYPE], // ref.test, ref.cast
  [0x18, 0x19, S.CAST_BRANCH], // br_on_cast, br_on_cast_fail
  [0x1a, 0x1e, S.NONE], // any.convert_extern, extern.convert_any, ref.i31, i31.get_s, i31.get_u
]

/** 0xFC: saturating truncation, bulk memory and tables, wide arithmetic. */
const bulk: readonly Row[] = [
  [0x00, 0x07, S.NONE], // trunc_sat
  [0x08, 0x08, S.INDEX2], // memory.init
  [0x09, 0x09, S.INDEX], // data.drop
  [0x0a, 0x0a, S.INDEX2], // memory.copy
  [0x0b, 0x0b, S.INDEX], // memory.fill
  [0x0c, 0x0c, S.INDEX2], // table.init
  [0x0d, 0x0d, S.INDEX], // elem.drop
  [0x0e, 0x0e, S.INDEX2], // table.copy
  [0x0f, 0x11, S.INDEX], // table.grow, table.size, table.fill
  [0x13, 0x16, S.NONE], // i64.add128, i64.sub128, i64.mul_wide_s, i64.mul_wide_u
]

/** 0xFD: SIMD; 0x100 on is relaxed SIMD. The holes are opcodes that were never assigned. */
const simd: readonly Row[] = [
  [0x00, 0x0b, S.MEMARG], // v128.load*, v128.store
  [0x0c, 0x0d, S.BYTES16], // v128.const, i8x16.shuffle
  [0x0e, 0x14, S.NONE], // i8x16.swizzle, splats
  [0x15, 0x22, S.BYTE], // extract_lane, replace_lane
  [0x23, 0x53, S.NONE],
  [0x54, 0x5b, S.MEMARG_LANE], // load*_lane, store*_lane
  [0x5c, 0x5d, S.MEMARG], // v128.load32_zero, v128.load64_zero
  [0x5e, 0x99, S.NONE],
  [0x9b, 0xa1, S.NONE],
  [0xa3, 0xa4, S.NONE],
  [0xa7, 0xae, S.NONE],
  [0xb1, 0xb1, S.NONE],
  [0xb5, 0xba, S.NONE],
  [0xbc, 0xc1, S.NONE],
  [0xc3, 0xc4, S.NONE],
  [0xc7, 0xce, S.NONE],
  [0xd1, 0xd1, S.NONE],
  [0xd5, 0xe1, S.NONE],
  [0xe3, 0xed, S.NONE],
  [0xef, 0xff, S.NONE],
  [0x100, 0x113, S.NONE],
]

/** 0xFE: threads. */
const atomic: readonly Row[] = [
  [0x00, 0x02, S.MEMARG], // memory.atomic.notify, memory.atomic.wait32, memory.atomic.wait64
  [0x03, 0x03, S.BYTE], // atomic.fence
  [0x10, 0x4e, S.MEMARG],
]

/** Shapes of the one-byte opcodes, indexed by opcode. */
export const plainShapes: Uint8Array = table(plain, 0x100)

/** Shapes of the opcodes behind a prefix byte, indexed by prefix; then by the LEB opcode that follows. */
export const prefixedShapes: ReadonlyMap<number, Uint8Array> = new Map([
  [0xfb, table(gc, 0x1f)],
  [0xfc, table(bulk, 0x17)],
  [0xfd, table(simd, 0x114)],
  [0xfe, table(atomic, 0x4f)],
])

function table(rows: readonly Row[], size: number): Uint8Array {
  const shapes = new Uint8Array(size)
  for (const [first, last, shape] of rows) shapes.fill(shape, first, last + 1)
  return shapes
}
