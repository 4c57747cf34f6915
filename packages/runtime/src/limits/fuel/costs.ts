/**
 * What work costs. One unit of fuel is one WebAssembly instruction; optimised code of real modules runs 8 to 40
 * of them in a nanosecond. An instruction that takes much longer than most costs more, so that a guest cannot
 * buy time cheaply. The numbers are part of the contract with users: what equal input consumes may change in a
 * new version only if its notes say so.
 */

/**
 * A function without calls and loops that costs no more than this is not metered itself: its callers pay for
 * it. They pay the exact cost where they name it, and this bound where they cannot know whom they call.
 */
export const LEAF_COST = 24

/**
 * A conditional run of instructions up to this long is paid for in advance, by the loop or function it is in,
 * as part of the longest path through it; a longer one pays for itself when it runs.
 */
export const PREPAID_RUN = 32

/** What one loop iteration or function call pays in advance at most, on top of its unconditional start. */
export const PREPAID_PATH = 160

/** Cost of an opcode, without what depends on its operands: see `bulkCostOf`. */
export function costOf(opcode: number): number {
  if (opcode < 0x100) return plainCosts[opcode]!
  return prefixedCosts.get(opcode) ?? 1
}

/** How a bulk instruction is charged for the length on top of its stack. */
export interface BulkCost {
  /** Units are `length << shift`, or `length >> -shift`. */
  readonly shift: number
  /** What has the index type that the length is of. */
  readonly of: 'memory' | 'table' | 'array'
}

/** The cost of a bulk instruction by length, on top of `costOf`; undefined for all other instructions. */
export function bulkCostOf(opcode: number): BulkCost | undefined {
  return opcode < 0x100 ? undefined : bulkCosts.get(opcode)
}

export const Op = {
  BLOCK: 0x02,
  LOOP: 0x03,
  IF: 0x04,
  ELSE: 0x05,
  TRY: 0x06,
  CATCH: 0x07,
  THROW: 0x08,
  RETHROW: 0x09,
  THROW_REF: 0x0a,
  END: 0x0b,
  BR: 0x0c,
  BR_IF: 0x0d,
  BR_TABLE: 0x0e,
  RETURN: 0x0f,
  CALL: 0x10,
  CALL_INDIRECT: 0x11,
  RETURN_CALL: 0x12,
  RETURN_CALL_INDIRECT: 0x13,
  CALL_REF: 0x14,
  RETURN_CALL_REF: 0x15,
  DELEGATE: 0x18,
  CATCH_ALL: 0x19,
  TRY_TABLE: 0x1f,
  UNREACHABLE: 0x00,
  GLOBAL_GET: 0x23,
  GLOBAL_SET: 0x24,
  BR_ON_NULL: 0xd5,
  BR_ON_NON_NULL: 0xd6,
  ARRAY_NEW: 0xfb_0006,
  ARRAY_NEW_DEFAULT: 0xfb_0007,
  ARRAY_NEW_FIXED: 0xfb_0008,
  ARRAY_NEW_DATA: 0xfb_0009,
  ARRAY_NEW_ELEM: 0xfb_000a,
  ARRAY_FILL: 0xfb_0010,
  ARRAY_COPY: 0xfb_0011,
  ARRAY_INIT_DATA: 0xfb_0012,
  ARRAY_INIT_ELEM: 0xfb_0013,
  BR_ON_CAST: 0xfb_0018,
  BR_ON_CAST_FAIL: 0xfb_0019,
  MEMORY_INIT: 0xfc_0008,
  MEMORY_COPY: 0xfc_000a,
  MEMORY_FILL: 0xfc_000b,
  TABLE_INIT: 0xfc_000c,
  TABLE_COPY: 0xfc_000e,
  TABLE_GROW: 0xfc_000f,
  TABLE_FILL: 0xfc_0011,
  ATOMIC_NOTIFY: 0xfe_0000,
  ATOMIC_WAIT32: 0xfe_0001,
  ATOMIC_WAIT64: 0xfe_0002,
  MEMORY_GROW: 0x40,
} as const

/** Instructions that only shape the code, or drop a value, do nothing at run time. */
const FREE = [
  Op.UNREACHABLE,
  0x01,
  Op.BLOCK,
  Op.LOOP,
  Op.ELSE,
  Op.TRY,
  Op.END,
  Op.RETURN,
  Op.DELEGATE,
  0x1a,
  Op.TRY_TABLE,
]

/** Leaves the engine's compiled code: it allocates an exception, captures a stack, unwinds. */
const THROW_COST = 5_000
/** A call into the engine, which may map pages. */
const GROW_COST = 2_000
/** An allocation that the garbage collector has to follow. */
const ALLOCATION_COST = 100
/** A call into the engine's own routines. */
const BULK_COST = 50

/** Ten to forty cycles, one after the other. */
const DIVISION_COST = 15
/** A call into the engine, which looks up or makes an object for the function, or tells the garbage collector. */
const REFERENCE_COST = 100

/** Division, remainder and square root: of i32, i64, f32, f64. */
const DIVISIONS = [0x6d, 0x6e, 0x6f, 0x70, 0x7f, 0x80, 0x81, 0x82, 0x91, 0x95, 0x9f, 0xa3]
/** `table.set`, `ref.func` */
const REFERENCES = [0x26, 0xd2]

const plainCosts = new Uint16Array(0x100).fill(1)
for (const opcode of FREE) plainCosts[opcode] = 0
for (const opcode of [Op.THROW, Op.RETHROW, Op.THROW_REF]) plainCosts[opcode] = THROW_COST
plainCosts[Op.MEMORY_GROW] = GROW_COST
for (const opcode of DIVISIONS) plainCosts[opcode] = DIVISION_COST
for (const opcode of REFERENCES) plainCosts[opcode] = REFERENCE_COST

const prefixedCosts: ReadonlyMap<number, number> = new Map([
  [0xfb_0000, ALLOCATION_COST], // struct.new
  [0xfb_0001, ALLOCATION_COST], // struct.new_default
  [Op.ARRAY_NEW, ALLOCATION_COST],
  [Op.ARRAY_NEW_DEFAULT, ALLOCATION_COST],
  [Op.ARRAY_NEW_FIXED, ALLOCATION_COST],
  [Op.ARRAY_NEW_DATA, ALLOCATION_COST],
  [Op.ARRAY_NEW_ELEM, ALLOCATION_COST],
  [Op.ARRAY_FILL, BULK_COST],
  [Op.ARRAY_COPY, BULK_COST],
  [Op.ARRAY_INIT_DATA, BULK_COST],
  [Op.ARRAY_INIT_ELEM, BULK_COST],
  [Op.MEMORY_INIT, BULK_COST],
  [Op.MEMORY_COPY, BULK_COST],
  [Op.MEMORY_FILL, BULK_COST],
  [Op.TABLE_INIT, BULK_COST],
  [Op.TABLE_COPY, BULK_COST],
  [Op.TABLE_FILL, BULK_COST],
  [Op.TABLE_GROW, GROW_COST],
  [Op.ATOMIC_NOTIFY, BULK_COST],
])

/** Bytes move in words. */
const BYTES: BulkCost = { shift: -3, of: 'memory' }
/** Each element goes through the engine's own routine. */
const TABLE_ELEMENTS: BulkCost = { shift: 6, of: 'table' }
const ARRAY_ELEMENTS: BulkCost = { shift: 4, of: 'array' }

const bulkCosts: ReadonlyMap<number, BulkCost> = new Map([
  [Op.MEMORY_INIT, { ...BYTES, of: 'array' }],
  [Op.MEMORY_COPY, BYTES],
  [Op.MEMORY_FILL, BYTES],
  [Op.TABLE_INIT, { ...TABLE_ELEMENTS, of: 'array' }],
  [Op.TABLE_COPY, TABLE_ELEMENTS],
  [Op.TABLE_GROW, TABLE_ELEMENTS],
  [Op.TABLE_FILL, TABLE_ELEMENTS],
  [Op.ARRAY_NEW, ARRAY_ELEMENTS],
  [Op.ARRAY_NEW_DEFAULT, ARRAY_ELEMENTS],
  [Op.ARRAY_NEW_DATA, ARRAY_ELEMENTS],
  [Op.ARRAY_NEW_ELEM, ARRAY_ELEMENTS],
  [Op.ARRAY_FILL, ARRAY_ELEMENTS],
  [Op.ARRAY_COPY, ARRAY_ELEMENTS],
  [Op.ARRAY_INIT_DATA, ARRAY_ELEMENTS],
  [Op.ARRAY_INIT_ELEM, ARRAY_ELEMENTS],
])
