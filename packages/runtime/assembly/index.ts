// Counts what an engine has to do for the functions of a core module. What is counted, and why, is said in
// `src/limits/cost/compile-cost.ts`; `walker.ts` beside it fills the memory. It is WebAssembly because it passes every
// instruction of every plugin: JavaScript begins in an interpreter, and has passed megabytes before it is fast.
import {
  arityOfFunction,
  arityOfType,
  EFFECTS,
  LENGTHS,
  LEVELS,
  LONG,
  MASKS,
  parametersOf,
  PREFIX_SHIFT,
  PREFIXED,
  PREFIXED_EFFECTS,
  resultsOf,
  SHAPES,
  SIMPLE,
  valuesOfTag,
} from './memory'
import {
  at,
  byte,
  end,
  endAt,
  fail,
  Fault,
  moveTo,
  signed33,
  skip,
  skipHeapType,
  skipLeb64,
  skipMemoryArgument,
  skipValueType,
  unsigned,
} from './reader'

export { declare, EFFECTS, FREE, LENGTHS, LONG, MASKS, PREFIXED, SHAPES, SIMPLE } from './memory'
import { Op, Shape } from './opcodes'

export { at, detail, fault } from './reader'

/** What one function may cost. */
const MAX_FUNCTION = 8_000_000
/** Of what is passed in one step. Engines take 65_520 targets, and keep a few hundred bytes for each block that is open. */
const MAX_COUNT = 65_520

/** A value that is carried along is moved, not only looked at. */
const CARRIED = 8
/** A call looks for the values that have to be saved, and for references. */
const AT_CALLS = 2
/** The parameters of a call, and its results, compete for registers. */
const EACH_OTHER = 16
/** Any other instruction may need a register that a value far down has. */
const IN_PASSING = 6

/** Of the functions that were passed. */
export let total: f64 = 0
/** Long instructions that were met in the step. */
export let longCount: i32 = 0
/** Bytes that the window has to have for the next function. */
export let needed: usize = 0

const enum State {
  DONE,
  PAUSED,
  /** The window has not all of the next function. */
  SHORT,
}

/** Where the window ends, and where the section would. */
let limit: usize = 0
let sectionEnd: usize = 0
/** Functions that follow, and the index of the next one. */
let remaining: i32 = 0
export let index: u32 = 0

// Of the function that is passed.
let cost: i64 = 0
let locals: i64 = 0
let height: i64 = 0
/** Operands below those of the innermost block. */
let base: i64 = 0
let isDead: bool = false
let top: usize = 0

/** What may still be passed in the step. */
let left: i32 = 0

/** A block that is open. */
@unmanaged
class Level {
  /** Operands below its own. */
  base: i64
  arity: i64
  /** Values that a branch to it carries. */
  label: i64
  /** The `br_table` that counted it last. */
  counted: u32
  /** It is in code that cannot run, which the engine does not compile. */
  isInDead: bool
}

const LEVEL_BYTES: usize = 32
const NONE: usize = LEVELS - LEVEL_BYTES
const LAST: usize = LEVELS + LEVEL_BYTES * MAX_COUNT

/** The imagined bit above the bytes of an instruction. */
const ABOVE: u64 = 0x1_0000_0000

/** Functions from this index on follow. */
export function open(first: i32, count: i32): void {
  index = first
  remaining = count
  top = NONE
  total = 0
}

/** Bytes of the section stand at an address; it is longer than they are, maybe. */
export function see(address: usize, length: usize, rest: usize): void {
  moveTo(address)
  limit = address + length
  sectionEnd = address + rest
}

/** Passes about so many instructions. */
export function pass(count: i32): State {
  longCount = 0
  left = count
  while (left > 0) {
    if (top == NONE) {
      if (remaining == 0) return State.DONE
      if (!begin()) return State.SHORT
    }
    while (left > 0 && top != NONE) {
      straight()
      instruction()
      left--
    }
    if (cost > MAX_FUNCTION) fail(Fault.COST, cost)
    if (top == NONE) {
      total += <f64>cost
      // What is behind the last instruction is the engine's to refuse.
      moveTo(end)
    }
  }
  return State.PAUSED
}

/** Begins the next function, if the window has all of it. */
function begin(): bool {
  const start = at
  if (limit < sectionEnd && limit - at < 5) {
    needed = 5
    return false
  }
  endAt(limit)
  const size = <usize>unsigned()
  if (size > sectionEnd - at) fail(Fault.END)
  if (size > limit - at) {
    needed = at - start + size
    moveTo(start)
    return false
  }
  endAt(at + size)
  const arity = arityOfFunction(index)
  locals = parametersOf(arity)
  for (let groups = few(unsigned(), Fault.LOCALS); groups > 0; groups--) {
    locals += unsigned()
    skipValueType()
    left--
  }
  cost = locals + resultsOf(arity)
  height = 0
  isDead = false
  openLevel(arity & ~0xffff_ffff, false)
  remaining--
  index++
  return true
}

/**
 * Passes instructions that do nothing but change the stack, and blocks without values, as most are, up to one that does
 * more or has to be looked at closely. Code has millions of them, so what they change is in variables here.
 */
function straight(): void {
  let next = at
  let c = cost
  let h = height
  let b = base
  let l = left
  const n = locals
  while (l > 0) {
    const word = load<u32>(next)
    const opcode = <i32>(word & 0xff)
    const row = <usize>opcode
    let behind: usize
    if (((<u64>word | ABOVE) & load<u64>(MASKS + (row << 3))) == 0) {
      behind = next + load<u8>(row, LENGTHS)
      if (behind > end) break
      c += 1 + ((n + h) >> IN_PASSING)
      h += load<i8>(row, EFFECTS)
      if (h < b) h = b
    } else if (opcode >= Op.BLOCK && opcode <= Op.IF) {
      behind = next + 2
      if ((word & 0xff00) != 0x4000 || behind > end || top == LAST) break
      c += 1 + ((n + h) >> IN_PASSING)
      if (opcode == Op.IF) h--
      if (!isDead) c += n + h
      if (h < b) h = b
      b = h
      top += LEVEL_BYTES
      const level = changetype<Level>(top)
      level.base = h
      level.arity = 0
      level.label = 0
      level.counted = 0
      level.isInDead = isDead
    } else if (opcode == Op.END) {
      behind = next + 1
      if (behind > end || top == LEVELS) break
      c += 1 + ((n + h) >> IN_PASSING)
      const level = changetype<Level>(top)
      top -= LEVEL_BYTES
      isDead = level.isInDead
      b = changetype<Level>(top).base
      const results = resultsOf(level.arity)
      h = level.base + results
      c += CARRIED * results
      if (!isDead) c += n + h
    } else {
      behind = behindImmediates(next + 1, load<u8>(row, SIMPLE))
      if (behind == 0 || behind > end) break
      c += 1 + ((n + h) >> IN_PASSING)
      h += load<i8>(row, EFFECTS)
      if (h < b) h = b
    }
    next = behind
    l--
  }
  moveTo(next)
  cost = c
  height = h
  base = b
  left = l
}

/** Behind what follows an opcode, where numbers are longer than a byte; 0 if that has to be looked at closely. */
function behindImmediates(from: usize, shape: u32): usize {
  switch (shape) {
    case Shape.INDEX:
      return behindNumber(from, 4)
    case Shape.SIGNED:
      return behindNumber(from, 5)
    case Shape.MEMARG:
      return load<u8>(from) < 0x40 ? behindNumber(from + 1, 4) : 0
    default:
      return 0
  }
}

/** Behind a number that has so many bytes at most, which is never too many for its type. */
function behindNumber(from: usize, max: usize): usize {
  for (let last = from; last < from + max; last++) if (load<u8>(last) < 0x80) return last + 1
  return 0
}

function instruction(): void {
  const opcode = readOpcode()
  cost += 1 + ((locals + height) >> IN_PASSING)
  switch (opcode) {
    case Op.BLOCK:
    case Op.TRY:
      enter(blockArity(), false)
      return
    case Op.LOOP:
      enter(blockArity(), true)
      return
    case Op.IF:
      height--
      enter(blockArity(), false)
      return
    case Op.TRY_TABLE:
      tryTable()
      return
    case Op.ELSE:
      leaveArm()
      restart(parametersOf(levelAt(0).arity))
      return
    case Op.CATCH:
      leaveArm()
      restart(valuesOfTag(unsigned()))
      return
    case Op.CATCH_ALL:
      leaveArm()
      restart(0)
      return
    case Op.DELEGATE:
      unsigned()
      close()
      return
    case Op.END:
      close()
      return
    case Op.BR:
      branch(levelAt(unsigned()).label)
      die()
      return
    case Op.BR_IF:
      height--
      branch(levelAt(unsigned()).label)
      return
    case Op.BR_ON_NULL:
      branch(levelAt(unsigned()).label)
      return
    case Op.BR_ON_NON_NULL:
      branch(levelAt(unsigned()).label)
      height--
      return
    case Op.BR_ON_CAST:
    case Op.BR_ON_CAST_FAIL:
      skip(1)
      branch(levelAt(unsigned()).label)
      skipHeapType()
      skipHeapType()
      return
    case Op.BR_TABLE:
      branchTable()
      return
    case Op.THROW:
    case Op.RETHROW:
      unsigned()
      leave()
      return
    case Op.RETURN:
    case Op.UNREACHABLE:
    case Op.THROW_REF:
      leave()
      return
    case Op.CALL:
      call(arityOfFunction(unsigned()))
      return
    case Op.RETURN_CALL:
      call(arityOfFunction(unsigned()))
      die()
      return
    case Op.CALL_INDIRECT:
    case Op.RETURN_CALL_INDIRECT: {
      const arity = arityOfType(unsigned())
      unsigned()
      change(-1)
      call(arity)
      if (opcode == Op.RETURN_CALL_INDIRECT) die()
      return
    }
    case Op.CALL_REF:
    case Op.RETURN_CALL_REF:
      change(-1)
      call(arityOfType(unsigned()))
      if (opcode == Op.RETURN_CALL_REF) die()
      return
    default:
      other(opcode)
  }
}

/** A prefixed one as `prefix << 16 | opcode`. */
function readOpcode(): u32 {
  const first = byte()
  if (first < 0xfb || first == 0xff) return first
  const second = unsigned()
  if (second > 0xffff) fail(Fault.INSTRUCTION, (<i64>first << 32) | second)
  return (first << 16) | <u32>second
}

/** What does nothing but change the stack, but has a form that `straight` leaves alone. */
function other(opcode: u32): void {
  if (opcode < 0x100) {
    skipImmediates(opcode, load<u8>(opcode, SHAPES))
    if (opcode == Op.MEMORY_GROW) foundLong()
    change(load<i8>(opcode, EFFECTS))
    return
  }
  const row = <usize>((opcode >> 16) - 0xfb) << PREFIX_SHIFT
  const second = opcode & 0xffff
  const isKnown = second < 0x200
  skipImmediates(opcode, isKnown ? load<u8>(row + second, PREFIXED) : Shape.UNKNOWN)
  if (isLong(opcode)) foundLong()
  change(isKnown ? load<i8>(row + second, PREFIXED_EFFECTS) : 0)
}

function skipImmediates(opcode: u32, shape: u32): void {
  switch (shape) {
    case Shape.NONE:
      return
    case Shape.INDEX2:
      unsigned()
    case Shape.INDEX:
      unsigned()
      return
    case Shape.SIGNED:
      skipLeb64()
      return
    case Shape.MEMARG:
      skipMemoryArgument()
      return
    case Shape.MEMARG_LANE:
      skipMemoryArgument()
    case Shape.BYTE:
      skip(1)
      return
    case Shape.BYTES4:
      skip(4)
      return
    case Shape.BYTES8:
      skip(8)
      return
    case Shape.BYTES16:
      skip(16)
      return
    case Shape.HEAP_TYPE:
      skipHeapType()
      return
    case Shape.TYPES:
      for (let count = unsigned(); count > 0; count--, left--) skipValueType()
      return
    default:
      fail(Fault.INSTRUCTION, opcode)
  }
}

/** What takes as long as a length on the stack says, or maps memory. */
function isLong(opcode: u32): bool {
  switch (opcode) {
    case Op.MEMORY_INIT:
    case Op.MEMORY_COPY:
    case Op.MEMORY_FILL:
    case Op.TABLE_INIT:
    case Op.TABLE_COPY:
    case Op.TABLE_GROW:
    case Op.TABLE_FILL:
      return true
    default:
      return false
  }
}

function foundLong(): void {
  store<u32>(LONG + ((<usize>longCount) << 2), <u32>at)
  longCount++
}

function levelAt(depth: i64): Level {
  if (depth > <i64>((top - LEVELS) >> 5)) fail(Fault.LABEL, depth)
  return changetype<Level>(top - ((<usize>depth) << 5))
}

function blockArity(): i64 {
  if (at >= end) fail(Fault.END)
  const code = load<u8>(at)
  if (code == 0x40) {
    skip(1)
    return 0
  }
  if (code < 0x40 || code >= 0x80) return arityOfType(signed33())
  skipValueType()
  return ONE_RESULT
}

const ONE_RESULT: i64 = 0x1_0000_0000

function enter(arity: i64, isLoop: bool): void {
  branch(parametersOf(arity) + resultsOf(arity))
  change(-parametersOf(arity))
  openLevel(arity, isLoop)
}

function openLevel(arity: i64, isLoop: bool): void {
  few(top == NONE ? 0 : <i64>((top - LEVELS) >> 5) + 1, Fault.BLOCKS)
  top += LEVEL_BYTES
  const level = changetype<Level>(top)
  level.base = height
  level.arity = arity
  level.label = isLoop ? parametersOf(arity) : resultsOf(arity)
  level.counted = 0
  level.isInDead = isDead
  base = height
  height += parametersOf(arity)
}

function leaveArm(): void {
  branch(resultsOf(levelAt(0).arity))
}

/** Another arm of the block begins. */
function restart(values: i64): void {
  isDead = levelAt(0).isInDead
  height = base + values
}

function close(): void {
  const level = levelAt(0)
  top -= LEVEL_BYTES
  isDead = level.isInDead
  base = top == NONE ? 0 : levelAt(0).base
  height = level.base + resultsOf(level.arity)
  branch(resultsOf(level.arity))
}

function tryTable(): void {
  const arity = blockArity()
  for (let count = few(unsigned(), Fault.CATCHES); count > 0; count--, left--) {
    const kind = byte()
    if (kind > 3) fail(Fault.CATCH, kind)
    branch(kind < 2 ? valuesOfTag(unsigned()) : 0)
    levelAt(unsigned())
  }
  enter(arity, false)
}

/** The engine writes the way to each label once. */
function branchTable(): void {
  const start = <u32>at
  height--
  for (let count = few(unsigned(), Fault.TARGETS); count >= 0; count--, left--) {
    const level = levelAt(unsigned())
    cost++
    if (level.counted == start) continue
    level.counted = start
    branch(level.label)
  }
  die()
}

function call(arity: i64): void {
  const parameters = parametersOf(arity)
  const results = resultsOf(arity)
  cost += CARRIED * (parameters + results) + ((locals + height) >> AT_CALLS)
  cost += (parameters * parameters + results * results) / EACH_OTHER
  change(results - parameters)
}

/** Control goes elsewhere with so many values. */
function branch(values: i64): void {
  cost += CARRIED * values + (isDead ? 0 : locals + height)
}

/** Control leaves the function. */
function leave(): void {
  branch(changetype<Level>(LEVELS).label)
  die()
}

function few(count: i64, fault: Fault): i64 {
  if (count > MAX_COUNT) fail(fault, count)
  return count
}

function die(): void {
  isDead = true
  height = base
}

function change(by: i64): void {
  const changed = height + by
  height = changed < base ? base : changed
}
