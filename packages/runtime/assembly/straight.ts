import { CARRIED, LAST, Level, LEVEL_BYTES } from './blocks'
import { EFFECTS, LENGTHS, LEVELS, MASKS, resultsOf, SIMPLE } from './memory'
import { Op, Shape } from './opcodes'
import { at, end, moveTo } from './reader'
import { IN_PASSING, Walk } from './walk'

/** The imagined bit above the bytes of an instruction. */
const ABOVE: u64 = 0x1_0000_0000

/**
 * Passes instructions that do nothing but change the stack, and blocks without values, as most are, up to one that does
 * more or has to be looked at closely. Code has millions of them, so what they change is in variables here.
 */
export function straight(): void {
  let next = at
  let c = Walk.cost
  let h = Walk.height
  let b = Walk.base
  let l = Walk.left
  const n = Walk.locals
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
      if ((word & 0xff00) != 0x4000 || behind > end || Walk.top == LAST) break
      c += 1 + ((n + h) >> IN_PASSING)
      if (opcode == Op.IF) h--
      if (!Walk.isDead) c += n + h
      if (h < b) h = b
      b = h
      Walk.top += LEVEL_BYTES
      const level = changetype<Level>(Walk.top)
      level.base = h
      level.arity = 0
      level.label = 0
      level.counted = 0
      level.isInDead = Walk.isDead
    } else if (opcode == Op.END) {
      behind = next + 1
      if (behind > end || Walk.top == LEVELS) break
      c += 1 + ((n + h) >> IN_PASSING)
      const level = changetype<Level>(Walk.top)
      Walk.top -= LEVEL_BYTES
      Walk.isDead = level.isInDead
      b = changetype<Level>(Walk.top).base
      const results = resultsOf(level.arity)
      h = level.base + results
      c += CARRIED * results
      if (!Walk.isDead) c += n + h
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
  Walk.cost = c
  Walk.height = h
  Walk.base = b
  Walk.left = l
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
