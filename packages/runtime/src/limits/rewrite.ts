import type { Steps } from '../binary/context.js'
import { compileCostSteps } from './cost/compile-cost.js'
import { meterSteps } from './fuel/meter.js'
import { interruptibleSteps } from './interruptible.js'

export interface Rewriting {
  /** Offsets behind long instructions of what is given, see `compileCostSteps`. */
  readonly long: readonly number[]
  /** Whether it is metered. */
  readonly fuel: boolean
  /** Index of the module in the component, for messages. */
  readonly module: number
}

export interface Rewritten {
  /** As it is compiled. */
  readonly bytes: Uint8Array
  /** Metered, if it is. */
  readonly metered: Uint8Array
  /** Offsets behind long instructions of `metered`. */
  readonly long: readonly number[]
}

/** What is done to the code of a core module whose memories and tables are clamped. */
export function* rewriteSteps(clamped: Uint8Array, { long, fuel, module }: Rewriting): Steps<Rewritten> {
  const metered = fuel ? yield* meterSteps(clamped, module) : clamped
  const moved = metered === clamped ? long : (yield* compileCostSteps(metered, module)).long
  return { bytes: yield* interruptibleSteps(metered, moved, module), metered, long: moved }
}
