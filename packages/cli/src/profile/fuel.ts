import type { FuelProfile, Plugin } from '@wasm-plugin/host'
import type { Context, Progress } from '../command.js'
import { lookOn } from './look-on.js'

/** What `--profile` is given in the place of a file. */
export const FUEL = 'fuel'

/** Functions that are shown. */
const ROWS = 20

/**
 * Does something with a plugin that was loaded to count fuel, and shows which functions used it, also when that failed.
 *
 * @throws what `work` throws
 */
export async function fuelProfiled<T extends object>(
  plugin: Plugin,
  work: () => Promise<T>,
  { progress }: Pick<Context, 'progress'>,
): Promise<T & { readonly profile: FuelProfile }> {
  const { profile, outcome } = await lookOn((during) => plugin.profile(during, { by: 'fuel' }), work)
  show(profile, progress)
  return { ...(await outcome), profile }
}

/** Names of functions and files are as the host shows them. */
function show({ functions, fuel, outsideFuel }: FuelProfile, progress: Pick<Progress, 'line'>): void {
  const inside = functions.reduce((sum, { fuel }) => sum + fuel, 0)
  progress.line(`fuel: ${shown(inside)} in the plugin, ${shown(outsideFuel)} for what it had done outside`)
  const width = shown(fuel).length
  for (const { function: name, file, line, fuel } of functions.slice(0, ROWS)) {
    const where = file === null ? '' : ` (${file}:${line})`
    progress.line(`  ${shown(fuel).padStart(width)}  ${name ?? 'a function without a name'}${where}`)
  }
}

/** `12_345_678` */
function shown(units: number): string {
  return String(Math.round(units)).replace(/\B(?=(\d{3})+$)/g, '_')
}
