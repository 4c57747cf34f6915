/** Units of fuel, by core module of the component and by the functions that it defines. */
export type FunctionUnits = readonly Float64Array[]

/** What the instances of a thread have used. */
export interface FuelCounts {
  readonly fuel: number
  readonly units: FunctionUnits
}

/** Core modules, and functions of one: far more than a component may have. */
const MAX_MODULES = 10_000
const MAX_FUNCTIONS = 2_000_000

export function addedUnits(a: FunctionUnits, b: FunctionUnits): FunctionUnits {
  const [longer, shorter] = a.length < b.length ? [b, a] : [a, b]
  return longer.map((units, module) => {
    const more = shorter[module]
    if (more === undefined || more.length === 0) return units
    return units.length === 0 ? more : units.map((unit, i) => unit + (more[i] ?? 0))
  })
}

/** What was used between two times. */
export function unitsSince(before: FunctionUnits, now: FunctionUnits): FunctionUnits {
  return now.map((units, module) => {
    const then = before[module] ?? []
    return units.map((unit, i) => Math.max(0, unit - (then[i] ?? 0)))
  })
}

/** What a thread answered, which may be in a process that a plugin has broken out in. @throws what is none */
export function readFunctionUnits(given: unknown): FunctionUnits {
  if (!Array.isArray(given) || given.length > MAX_MODULES) throw new Error('it is no list')
  for (const units of given) {
    if (!(units instanceof Float64Array) || units.length > MAX_FUNCTIONS) throw new Error('it has no units')
    if (!units.every((unit) => unit >= 0 && unit <= Number.MAX_VALUE)) throw new Error('it is no number')
  }
  return given
}
