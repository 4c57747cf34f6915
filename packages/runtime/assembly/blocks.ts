// The blocks of a function that are open, and what it costs to go into them and out of them.
import { LEVELS, parametersOf, resultsOf } from './memory'
import { fail, Fault } from './reader'
import { Walk } from './walk'

/** Of what is passed in one step. Engines take 65_520 targets, and keep a few hundred bytes for each block that is open. */
const MAX_COUNT = 65_520

/** A value that is carried along is moved, not only looked at. */
export const CARRIED = 8

/** A block that is open. */
@unmanaged
export class Level {
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

export const LEVEL_BYTES: usize = 32
export const NONE: usize = LEVELS - LEVEL_BYTES
export const LAST: usize = LEVELS + LEVEL_BYTES * MAX_COUNT

export function levelAt(depth: i64): Level {
  if (depth > <i64>((Walk.top - LEVELS) >> 5)) fail(Fault.LABEL, depth)
  return changetype<Level>(Walk.top - ((<usize>depth) << 5))
}

export function enter(arity: i64, isLoop: bool): void {
  branch(parametersOf(arity) + resultsOf(arity))
  change(-parametersOf(arity))
  openLevel(arity, isLoop)
}

export function openLevel(arity: i64, isLoop: bool): void {
  few(Walk.top == NONE ? 0 : <i64>((Walk.top - LEVELS) >> 5) + 1, Fault.BLOCKS)
  Walk.top += LEVEL_BYTES
  const level = changetype<Level>(Walk.top)
  level.base = Walk.height
  level.arity = arity
  level.label = isLoop ? parametersOf(arity) : resultsOf(arity)
  level.counted = 0
  level.isInDead = Walk.isDead
  Walk.base = Walk.height
  Walk.height += parametersOf(arity)
}

export function leaveArm(): void {
  branch(resultsOf(levelAt(0).arity))
}

/** Another arm of the block begins. */
export function restart(values: i64): void {
  Walk.isDead = levelAt(0).isInDead
  Walk.height = Walk.base + values
}

export function close(): void {
  const level = levelAt(0)
  Walk.top -= LEVEL_BYTES
  Walk.isDead = level.isInDead
  Walk.base = Walk.top == NONE ? 0 : levelAt(0).base
  Walk.height = level.base + resultsOf(level.arity)
  branch(resultsOf(level.arity))
}

/** Control goes elsewhere with so many values. */
export function branch(values: i64): void {
  Walk.cost += CARRIED * values + (Walk.isDead ? 0 : Walk.locals + Walk.height)
}

/** Control leaves the function. */
export function leave(): void {
  branch(changetype<Level>(LEVELS).label)
  die()
}

export function die(): void {
  Walk.isDead = true
  Walk.height = Walk.base
}

export function change(by: i64): void {
  const changed = Walk.height + by
  Walk.height = changed < Walk.base ? Walk.base : changed
}

export function few(count: i64, fault: Fault): i64 {
  if (count > MAX_COUNT) fail(fault, count)
  return count
}
