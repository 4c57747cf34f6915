import { change } from './blocks'
import { EFFECTS, LONG, PREFIX_SHIFT, PREFIXED, PREFIXED_EFFECTS, SHAPES } from './memory'
import { Op, Shape } from './opcodes'
import {
  at,
  fail,
  Fault,
  skip,
  skipHeapType,
  skipLeb64,
  skipMemoryArgument,
  skipValueType,
  unsigned,
} from './reader'
import { Walk } from './walk'

/** Long instructions that were met in the step. */
export let longCount: i32 = 0

/** A step begins. */
export function forgetLong(): void {
  longCount = 0
}

/** What does nothing but change the stack, but has a form that `straight` leaves alone. */
export function plain(opcode: u32): void {
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
      for (let count = unsigned(); count > 0; count--, Walk.left--) skipValueType()
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
