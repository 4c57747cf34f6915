import type { Steps } from '../../binary/context.js'
import { readSections, SectionId, sectionReader } from '../core-sections.js'
import { readArities } from './arities.js'
import { CodeWalk } from './code-walk.js'

export interface CompileCost {
  /** Of all functions. */
  readonly total: number
  /** Offsets behind the instructions that may take milliseconds each, see `interruptibleSteps`. */
  readonly long: readonly number[]
}

/**
 * Counts what an engine has to do to validate and to compile each function of a core module, which is not in proportion
 * to its bytes: a branch takes two of them, and work for every local, operand and parameter of its block. An engine cannot
 * be interrupted in the middle of a function, and the code that it makes counts against no limit of a plugin.
 *
 * The unit is one value that is looked at.
 *
 * @param module index of the module in the component, for messages
 * @throws {COMPILE_COST_EXCEEDED} one function costs too much
 * @throws {INVALID_CORE_MODULE | UNSUPPORTED_FEATURE} the code cannot be read
 */
export function* compileCostSteps(bytes: Uint8Array, module: number): Steps<CompileCost> {
  const sections = readSections(bytes, module)
  const arities = readArities(bytes, sections, module)
  const long: number[] = []
  let total = 0
  for (const section of sections) {
    if (section.id !== SectionId.CODE) continue
    const walk = new CodeWalk(sectionReader(bytes, section, module), arities)
    while (walk.step()) yield
    total += walk.cost
    for (const offset of walk.long) long.push(offset)
  }
  return { total, long }
}
