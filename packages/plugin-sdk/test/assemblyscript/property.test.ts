import type { BuildMode } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import { seeds, size, tries } from '../../../../test/seed.js'
import { buildGuest, type GuestOptions } from '../support/guest.js'
import { passOn, randomWorld } from '../support/random-world.js'
import { roundTrips } from '../support/round-trips.js'

/** Most of the time is the compiler's, and it grows with them. */
const FUNCTIONS = size(15, 60)
const VALUES = 130
/** Per value, for guests whose heap may be corrupt, which can turn into an endless loop. */
const FUEL = 30_000_000

describe('random worlds', { timeout: tries(900_000) }, () => {
  const modes: BuildMode[] = ['debug', 'release', 'size', 'speed']
  const runs = seeds(size(2, 4)).map((seed, i) => [seed, modes[i % modes.length]!] as const)

  it.each(runs)('every value crosses four boundaries unchanged (seed %i, %s)', async (seed, mode) => {
    expect(await failures(seed, { values: VALUES, guest: { mode } })).toEqual([])
  })

  // The small collector of `size` knows no stack and runs between calls only, so it cannot be forced.
  const collected = runs.map(([seed, mode]) => [seed, mode === 'size' ? 'release' : mode] as const)

  it.each(collected)('nothing depends on when the collector runs (seed %i, %s)', async (seed, mode) => {
    const patch = { file: 'cm.ts', change: collectAtEveryBoundary }
    expect(await failures(seed, { values: VALUES, guest: { mode, patch } })).toEqual([])
  })

  it('the check sees a value that is not kept alive', async () => {
    const change = (text: string) =>
      collectAtEveryBoundary(text)
        .replace('const base = heap.alloc(size + 16);', 'const base = __new(size + 16, 0);')
        .replaceAll('heap.free(blocks);', '')
    const found = await failures(1, { values: 10, guest: { patch: { file: 'cm.ts', change }, fuel: true } })
    expect(found.length).toBeGreaterThan(0)
  })
})

/** A full collection whenever a value goes in or out. */
function collectAtEveryBoundary(text: string): string {
  return ['usize): usize {', 'units: usize): string {', 'size: usize): T {', 'text: string): usize {'].reduce(
    (changed, signature) => changed.replaceAll(`${signature}\n`, `${signature}\n  __collect();\n`),
    text,
  )
}

/** Runs every function of a random world, and says which values came back changed. */
async function failures(
  seed: number,
  { values, guest }: { values: number; guest: Pick<GuestOptions, 'mode' | 'patch' | 'fuel'> },
): Promise<string[]> {
  const { wit, functions } = randomWorld(seed, FUNCTIONS)
  const component = await buildGuest({ wit, source: passOn, ...guest })
  return roundTrips(component, functions, { values, fuel: FUEL * values })
}
