import {
  branch,
  CARRIED,
  change,
  close,
  die,
  enter,
  few,
  leave,
  leaveArm,
  levelAt,
  restart,
} from './blocks'
import { arityOfFunction, arityOfType, parametersOf, resultsOf, valuesOfTag } from './memory'
import { Op } from './opcodes'
import { plain } from './plain'
import { at, byte, end, fail, Fault, signed33, skip, skipHeapType, skipValueType, unsigned } from './reader'
import { IN_PASSING, Walk } from './walk'

/** A call looks for the values that have to be saved, and for references. */
const AT_CALLS = 2
/** The parameters of a call, and its results, compete for registers. */
const EACH_OTHER = 16

export function instruction(): void {
  const opcode = readOpcode()
  Walk.cost += 1 + ((Walk.locals + Walk.height) >> IN_PASSING)
  switch (opcode) {
    case Op.BLOCK:
    case Op.TRY:
      enter(blockArity(), false)
      return
    case Op.LOOP:
      enter(blockArity(), true)
      return
    case Op.IF:
      Walk.height--
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
      Walk.height--
      branch(levelAt(unsigned()).label)
      return
    case Op.BR_ON_NULL:
      branch(levelAt(unsigned()).label)
      return
    case Op.BR_ON_NON_NULL:
      branch(levelAt(unsigned()).label)
      Walk.height--
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
      plain(opcode)
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

function tryTable(): void {
  const arity = blockArity()
  for (let count = few(unsigned(), Fault.CATCHES); count > 0; count--, Walk.left--) {
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
  Walk.height--
  for (let count = few(unsigned(), Fault.TARGETS); count >= 0; count--, Walk.left--) {
    const level = levelAt(unsigned())
    Walk.cost++
    if (level.counted == start) continue
    level.counted = start
    branch(level.label)
  }
  die()
}

function call(arity: i64): void {
  const parameters = parametersOf(arity)
  const results = resultsOf(arity)
  Walk.cost += CARRIED * (parameters + results) + ((Walk.locals + Walk.height) >> AT_CALLS)
  Walk.cost += (parameters * parameters + results * results) / EACH_OTHER
  change(results - parameters)
}
