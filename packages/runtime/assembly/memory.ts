// What stands where. The tables by opcode are filled by `walker.ts`.

/**
 * The bits that are 0 where an instruction does nothing but change the stack and takes `LENGTHS` bytes: of the first four,
 * and of an imagined fifth byte, which is 1.
 */
export const MASKS: usize = 0x0000
export const LENGTHS: usize = 0x0800
export const EFFECTS: usize = 0x0900
export const SHAPES: usize = 0x0a00
/** The shapes again, of the instructions that do nothing but change the stack. */
export const SIMPLE: usize = 0x0b00
/** For each of the prefixes 0xfb to 0xfe: shapes by opcode, then effects. */
export const PREFIXED: usize = 0x1000
export const PREFIX_SHIFT: usize = 10
export const PREFIXED_EFFECTS: usize = PREFIXED + 0x200
/** Blocks that are open: the function itself, and as many as an engine takes. */
export const LEVELS: usize = 0x2000
/** Addresses behind the long instructions of a step. */
export const LONG: usize = 0x20_2000
/** Where the numbers of the module may begin, and then the window on its code. */
export const FREE: usize = 0x21_4000

// A module has two numbers for each type, the index of a type for each function, and one number for each tag.
let types: usize = 0
let typeCount: i64 = 0
let functions: usize = 0
let functionCount: i64 = 0
let tags: usize = 0
let tagCount: i64 = 0

/** So many types, functions and tags follow each other from `FREE` on. */
export function declare(typeTotal: i32, functionTotal: i32, tagTotal: i32): void {
  types = FREE
  typeCount = typeTotal
  functions = types + 8 * <usize>typeTotal
  functionCount = functionTotal
  tags = functions + 4 * <usize>functionTotal
  tagCount = tagTotal
}

// An arity is two numbers in one: parameters in the low half, results in the high one.

export function arityOfType(index: i64): i64 {
  return <u64>index < <u64>typeCount ? load<i64>(types + ((<usize>index) << 3)) : 0
}

export function arityOfFunction(index: i64): i64 {
  if (<u64>index >= <u64>functionCount) return 0
  return arityOfType(load<u32>(functions + ((<usize>index) << 2)))
}

/** Values that an exception of the tag carries. */
export function valuesOfTag(index: i64): i64 {
  return <u64>index < <u64>tagCount ? load<u32>(tags + ((<usize>index) << 2)) : 0
}

// @ts-ignore: decorator
@inline
export function parametersOf(arity: i64): i64 {
  return arity & 0xffff_ffff
}

// @ts-ignore: decorator
@inline
export function resultsOf(arity: i64): i64 {
  return <i64>((<u64>arity) >> 32)
}
