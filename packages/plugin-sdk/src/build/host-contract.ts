import { resolve } from 'node:path'
import { PluginError } from '@wasm-plugin/runtime'
import { decodeComponent } from '@wasm-plugin/runtime/internal'
import { compareWithWorld } from '../compare/compare.js'
import { describeDifference } from '../compare/describe.js'
import { errors } from '../errors/index.js'
import { loadWorld } from '../world/load.js'
import { readWit } from '../world/read.js'
import { localName } from '../world/scopes.js'
import type { World } from '../world/world.js'
import type { BuildSettings } from './settings.js'

/** Compares a component with what an application offers. @throws {HOST_MISMATCH} */
export type HostCheck = (component: Uint8Array) => void

/**
 * The world of the application that has the name of the plugin's, before anything is compiled for it.
 *
 * @throws {WORLD_NOT_OFFERED} with those that it has
 * @throws {WIT_MISSING} {WIT_SYNTAX} {WORLD_UNKNOWN}
 */
export async function hostCheck(
  host: string,
  { dir, wit, world, features = [] }: Pick<BuildSettings, 'dir' | 'wit' | 'world' | 'features'>,
): Promise<HostCheck> {
  const { id } = await loadWorld({ wit: resolve(dir, wit), world, features })
  const offered = await offeredWorld(resolve(dir, host), { host, id, features })
  return (component) => {
    const { imports, exports } = decodeComponent(component).root.type
    const fatal = compareWithWorld({ imports, exports }, offered).filter((difference) => difference.fatal)
    if (fatal.length === 0) return
    const offers = [...offered.imports.keys()]
    const differences = fatal.map((difference) => describeDifference(difference, 'the application'))
    throw errors.HOST_MISMATCH({ host, world: offered.id, differences, offers })
  }
}

/** The application has those of the plugin's features that its contract names. */
async function offeredWorld(
  path: string,
  { host, id, features }: { host: string; id: string; features: readonly string[] },
): Promise<World> {
  const name = localName(id)
  const { leftOut } = await readWit(path)
  try {
    return await loadWorld({ wit: path, world: name, features: features.filter((x) => leftOut.includes(x)) })
  } catch (error) {
    if (!PluginError.is(error, 'WORLD_UNKNOWN')) throw error
    const known = (error.data as { known: readonly string[] }).known
    throw errors.WORLD_NOT_OFFERED({ host, world: name, known }, error)
  }
}
