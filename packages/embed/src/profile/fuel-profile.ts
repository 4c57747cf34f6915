import type { Frame } from '@wasm-plugin/runtime/errors'
import { addedUnits, type FuelCounts, unitsSince } from '../stats/index.js'
import type { FindDefined } from './profiled.js'

/** A function of a plugin, and what it used. Its line is that on which it begins. */
export interface FuelledFunction extends Omit<Frame, 'column'> {
  /** Units that it used itself, those of functions included that were inlined into it, and of small ones that it calls. */
  readonly fuel: number
}

/** What a plugin used for a while, which depends on what it was given alone. Made by `plugin.profile(…, { by: 'fuel' })`. */
export interface FuelProfile {
  /** Its functions, first those that used most themselves; those that used nothing are left out. */
  readonly functions: readonly FuelledFunction[]
  /** Units that all its threads used: of its functions, and for what they had done outside. */
  readonly fuel: number
  /** Units of that for WASI, functions of the application, and values that were passed. */
  readonly outsideFuel: number
}

/** Functions that are told of. */
const MAX_FUNCTIONS = 10_000

export const NO_FUEL: FuelCounts = Object.freeze({ fuel: 0, units: [] })

export function fuelSince(before: FuelCounts, now: FuelCounts): FuelCounts {
  return { fuel: Math.max(0, now.fuel - before.fuel), units: unitsSince(before.units, now.units) }
}

export function addedFuel(a: FuelCounts, b: FuelCounts): FuelCounts {
  return { fuel: a.fuel + b.fuel, units: addedUnits(a.units, b.units) }
}

export function fuelProfileOf({ fuel, units }: FuelCounts, find: FindDefined): FuelProfile {
  const used = units.flatMap((ofModule, module) =>
    [...ofModule].flatMap((fuel, index) => (fuel > 0 ? [{ module, index, fuel }] : [])),
  )
  const inFunctions = used.reduce((sum, { fuel }) => sum + fuel, 0)
  // Those that used as much stay in the order of the component.
  const first = used.sort((a, b) => b.fuel - a.fuel).slice(0, MAX_FUNCTIONS)
  return {
    functions: first.map(({ module, index, fuel }) => {
      const { function: name, file, line, language } = find(module, index)
      return { function: name, file, line, language, fuel }
    }),
    // A function that a trap has ended may have counted more than it has paid yet.
    fuel: Math.max(fuel, inFunctions),
    outsideFuel: Math.max(0, fuel - inFunctions),
  }
}
