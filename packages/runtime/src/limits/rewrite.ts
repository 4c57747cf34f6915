import type { Steps } from '../binary/context.js'
import { compileCostSteps } from './cost/compile-cost.js'
import { meterSteps } from './fuel/meter.js'
import { interruptibleSteps } from './interruptible.js'

/** Whether a module is metered, and whether each of its functions counts what it uses: see `countFunctionsSteps`. */
export type Fuel = boolean | 'functions'

export interface Rewriting {
  /** Offsets behind long instructions of what is given, see `compileCostSteps`. */
  readonly long: readonly number[]
  readonly fuel: Fuel
  /** Leaves the code as it is, unless it is metered, so that debug information holds for it. */
  readonly stepping: boolean
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
export function* rewriteSteps(
  clamped: Uint8Array,
  { long, fuel, stepping, module }: Rewriting,
): Steps<Rewritten> {
  const metered = fuel === false ? clamped : yield* meterSteps(clamped, module, fuel === 'functions')
  const moved = metered === clamped ? long : (yield* compileCostSteps(metered, module)).long
  if (stepping) return { bytes: metered, metered, long: [] }
  return { bytes: yield* interruptibleSteps(metered, moved, module), metered, long: moved }
}
