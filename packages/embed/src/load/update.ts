import { errors } from '../errors/index.js'
import type { Build } from '../loaded-plugin.js'
import { regated } from '../options/resolve.js'
import type { ResolvedLoadOptions } from '../options/resolved.js'
import type { ResolvedUpdateOptions } from '../options/update.js'
import type { PluginSource } from '../plugin-source.js'
import { inTurns } from '../turn.js'
import { asksMore } from '../update/asks.js'
import { misfitOf } from '../update/fits.js'
import { type Admitted, admit, type LoadContext } from './admit.js'

/**
 * Admits another build of a plugin as `load` would, and compares it with the one before it. Nothing of it has run yet.
 *
 * @throws {UPDATE_NEEDS_GRANTS} {UPDATE_MISFIT} {UPDATE_ASKS_MORE} and what `admit` throws
 */
export async function admitUpdate(
  source: PluginSource,
  { name, before, update }: { name: string; before: Build; update: ResolvedUpdateOptions },
  { options, host }: { options: ResolvedLoadOptions; host: LoadContext },
): Promise<Admitted> {
  const { grants, integrity, debug } = update
  if (grants === undefined && before.control.isNarrowed) throw errors.UPDATE_NEEDS_GRANTS({ plugin: name })
  const admitted = await admit(
    source,
    { ...regated(options), name, integrity, debug, grants: grants ?? before.granted, onRequest: undefined },
    host,
  )
  try {
    const misfit = await inTurns(misfitOf(before.contract, admitted.contract))
    if (misfit !== undefined) throw errors.UPDATE_MISFIT({ plugin: name, ...misfit })
    const more = grants === undefined ? asksMore(before, admitted) : undefined
    if (more !== undefined) throw errors.UPDATE_ASKS_MORE({ plugin: name, ...more })
    return admitted
  } catch (error) {
    await admitted.release()
    throw error
  }
}
