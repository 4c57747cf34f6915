import source from 'embedded:cost'
import { errors, shownEngineError } from '../../errors/index.js'
import { plainShapes, prefixedShapes, Shape } from '../opcodes.js'
import { plainEffects, prefixedEffects } from './stack-effects.js'

/** What `assembly/index.ts` exports; what the names stand for is said there. */
export interface Engine {
  readonly memory: WebAssembly.Memory
  declare(types: number, functions: number, tags: number): void
  open(first: number, count: number): void
  see(address: number, length: number, rest: number): void
  pass(count: number): number
  readonly at: WebAssembly.Global
  readonly index: WebAssembly.Global
  readonly total: WebAssembly.Global
  readonly longCount: WebAssembly.Global
  readonly needed: WebAssembly.Global
  readonly fault: WebAssembly.Global
  readonly detail: WebAssembly.Global
  readonly LONG: WebAssembly.Global
  readonly FREE: WebAssembly.Global
  readonly MASKS: WebAssembly.Global
  readonly LENGTHS: WebAssembly.Global
  readonly EFFECTS: WebAssembly.Global
  readonly SHAPES: WebAssembly.Global
  readonly SIMPLE: WebAssembly.Global
  readonly PREFIXED: WebAssembly.Global
}

/**
 * What one function may cost: six times the most that was found in any component, and a tenth of a second of an engine
 * that compiles without optimising. `assembly/index.ts` has it too.
 */
export const MAX_FUNCTION = 8_000_000

/** One that nobody uses; the memory of another one is the engine's to collect. */
let idle: Engine | undefined
let compiled: WebAssembly.Module | undefined

/**
 * One that nobody else uses until it is given back: components are compiled in turns.
 *
 * @throws {INVALID_CORE_MODULE} nothing can be compiled here
 */
export function takeEngine(module: number): Engine {
  const engine = idle ?? makeEngine(module)
  idle = undefined
  return engine
}

/** Takes one back that has not failed. */
export function giveBack(engine: Engine): void {
  if (engine.memory.buffer.byteLength <= MAX_IDLE) idle = engine
}

/** It is made larger for a function that is. */
const MAX_IDLE = 4 << 20

function makeEngine(module: number): Engine {
  try {
    compiled ??= new WebAssembly.Module(Uint8Array.from(atob(source), (char) => char.charCodeAt(0)))
  } catch (error) {
    // A page whose policy has no WebAssembly.
    const reason = error instanceof Error ? error.message : 'it was refused'
    throw errors.INVALID_CORE_MODULE({ module, reason }, shownEngineError(error))
  }
  const engine = new WebAssembly.Instance(compiled).exports as unknown as Engine
  fillTables(engine)
  return engine
}

function fillTables(engine: Engine): void {
  const bytes = new Uint8Array(engine.memory.buffer)
  const simple = plainShapes.map((shape, opcode) => (isStraight(opcode) && shape in PASSED ? shape : 0))
  const masks = new BigUint64Array(engine.memory.buffer, engine.MASKS.value, 0x100)
  for (const [opcode, shape] of simple.entries()) {
    const { length, mask } = PASSED[shape] ?? LOOKED_AT
    bytes[engine.LENGTHS.value + opcode] = length
    masks[opcode] = mask
  }
  bytes.set(plainShapes, engine.SHAPES.value)
  bytes.set(simple, engine.SIMPLE.value)
  bytes.set(new Uint8Array(plainEffects.buffer), engine.EFFECTS.value)
  for (const [prefix, shapes] of prefixedShapes) {
    const row = engine.PREFIXED.value + (prefix - 0xfb) * 0x400
    bytes.set(shapes, row)
    const effects = prefixedEffects.get(prefix)
    if (effects) bytes.set(new Uint8Array(effects.buffer), row + 0x200)
  }
}

/** How instructions are passed at once: how long they are, and which bits say that they are longer, or have to be looked at. */
const PASSED: Readonly<Record<number, { readonly length: number; readonly mask: bigint }>> = {
  [Shape.NONE]: { length: 1, mask: 0n },
  [Shape.INDEX]: { length: 2, mask: 0x80_00n },
  [Shape.SIGNED]: { length: 2, mask: 0x80_00n },
  [Shape.BYTES4]: { length: 5, mask: 0n },
  [Shape.BYTES8]: { length: 9, mask: 0n },
  // Bit 6 of the alignment announces the index of a memory.
  [Shape.MEMARG]: { length: 3, mask: 0x80_c0_00n },
}
const LOOKED_AT = { length: 0, mask: 1n << 32n }

/** `memory.grow` does more. */
function isStraight(opcode: number): boolean {
  if (opcode === MEMORY_GROW) return false
  return (opcode >= 0x20 && opcode <= 0xc4) || opcode === 0x01 || opcode === 0x1a || opcode === 0x1b
}

const MEMORY_GROW = 0x40
