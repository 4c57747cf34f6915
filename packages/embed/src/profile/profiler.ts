import { LONGEST_TIMER_MS } from '@wasm-plugin/wasi'
import { errors } from '../errors/index.js'
import type { ProfileOptions } from '../options/profile.js'
import { checkProfileOptions } from '../options/resolve.js'
import type { FuelProfile } from './fuel-profile.js'
import type { PluginProfile } from './plugin-profile.js'
import type { Profiled } from './profiled.js'

/** Profiles one plugin, one time after another. */
export class Profiler {
  readonly #plugin: { readonly name: string }
  #isRunning = false

  constructor(plugin: { readonly name: string }) {
    this.#plugin = plugin
  }

  /** @throws {OPTIONS_INVALID} {PROFILER_UNAVAILABLE} {FUEL_NOT_COUNTED} {PROFILE_RUNNING}, and what `during` throws */
  async profile(
    profiled: Profiled,
    during: number | (() => unknown),
    options: ProfileOptions,
  ): Promise<PluginProfile | FuelProfile> {
    const { name } = this.#plugin
    check(during)
    const { by = 'time' } = checkProfileOptions(options)
    const { fuel } = profiled
    if (by === 'fuel' && fuel === undefined) throw errors.FUEL_NOT_COUNTED({ name })
    if (this.#isRunning) throw errors.PROFILE_RUNNING({ name })
    this.#isRunning = true
    try {
      // Most applications never do.
      if (by === 'fuel' && fuel !== undefined)
        return await (await import('./take-fuel.js')).takeFuel(fuel, during)
      const { takeProfile } = await import('./take-profile.js')
      return await takeProfile(name, profiled, during)
    } finally {
      this.#isRunning = false
    }
  }
}

function check(during: number | (() => unknown)): void {
  if (typeof during === 'function') return
  if (Number.isFinite(during) && during > 0 && during <= LONGEST_TIMER_MS) return
  const reason = `expected more than 0 milliseconds and at most ${LONGEST_TIMER_MS}, or a function`
  throw errors.OPTIONS_INVALID({ path: 'profile.during', reason })
}
