import { LONGEST_TIMER_MS } from '@wasm-plugin/wasi'
import type { FuelCounts } from '../stats/index.js'
import { addedFuel, type FuelProfile, fuelProfileOf, fuelSince, NO_FUEL } from './fuel-profile.js'
import { pause } from './pause.js'
import type { CountedFuel } from './profiled.js'

/**
 * Counts what a plugin uses for so many milliseconds, or until what `during` does is over, and the calls that run then. A thread
 * that ends meanwhile is not counted.
 *
 * @throws what `during` throws
 */
export async function takeFuel(
  { watch, functions }: CountedFuel,
  during: number | (() => unknown),
): Promise<FuelProfile> {
  const threads: { count(): Promise<FuelCounts>; readonly before: Promise<FuelCounts> }[] = []
  let hasBegun = false
  const held = setInterval(() => {}, LONGEST_TIMER_MS)
  const stopWatching = watch((count) => {
    // One that is started meanwhile is counted from its start on.
    const before = hasBegun ? Promise.resolve(NO_FUEL) : count().catch(() => NO_FUEL)
    threads.push({ count, before })
  })
  try {
    await Promise.all(threads.map(({ before }) => before))
    hasBegun = true
    await (typeof during === 'number' ? pause(during) : during())
  } finally {
    stopWatching()
    clearInterval(held)
  }
  const used = await Promise.all(
    threads.map(async ({ count, before }) => {
      const now = await count().catch(() => undefined)
      return now === undefined ? NO_FUEL : fuelSince(await before, now)
    }),
  )
  return fuelProfileOf(used.reduce(addedFuel, NO_FUEL), await functions())
}
