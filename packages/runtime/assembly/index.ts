// Counts what an engine has to do for the functions of a core module. What is counted, and why, is said in
// `src/limits/cost/compile-cost.ts`; `walker.ts` beside it fills the memory. It is WebAssembly because it passes every
// instruction of every plugin: JavaScript begins in an interpreter, and has passed megabytes before it is fast.
import { few, NONE, openLevel } from './blocks'
import { instruction } from './instruction'
import { arityOfFunction, parametersOf, resultsOf } from './memory'
import { forgetLong } from './plain'
import { at, end, endAt, fail, Fault, moveTo, skipValueType, unsigned } from './reader'
import { straight } from './straight'
import { Walk } from './walk'

export { declare, EFFECTS, FREE, LENGTHS, LONG, MASKS, PREFIXED, SHAPES, SIMPLE } from './memory'
export { longCount } from './plain'
export { at, detail, fault } from './reader'

/** What one function may cost. */
const MAX_FUNCTION = 8_000_000

/** Of the functions that were passed. */
export let total: f64 = 0
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

/** Functions from this index on follow. */
export function open(first: i32, count: i32): void {
  index = first
  remaining = count
  Walk.top = NONE
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
  forgetLong()
  Walk.left = count
  while (Walk.left > 0) {
    if (Walk.top == NONE) {
      if (remaining == 0) return State.DONE
      if (!begin()) return State.SHORT
    }
    while (Walk.left > 0 && Walk.top != NONE) {
      straight()
      instruction()
      Walk.left--
    }
    if (Walk.cost > MAX_FUNCTION) fail(Fault.COST, Walk.cost)
    if (Walk.top == NONE) {
      total += <f64>Walk.cost
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
  Walk.locals = parametersOf(arity)
  for (let groups = few(unsigned(), Fault.LOCALS); groups > 0; groups--) {
    Walk.locals += unsigned()
    skipValueType()
    Walk.left--
  }
  Walk.cost = Walk.locals + resultsOf(arity)
  Walk.height = 0
  Walk.isDead = false
  openLevel(arity & ~0xffff_ffff, false)
  remaining--
  index++
  return true
}
