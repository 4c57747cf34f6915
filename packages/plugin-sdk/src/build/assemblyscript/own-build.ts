import { generateAssemblyScript } from '../../assemblyscript/generate.js'
import { BuildCache } from '../../cache/cache.js'
import { type LoadWorldOptions, resolveWorld } from '../../world/load.js'
import { makeComponent } from './build.js'

/**
 * The component of a core module that `asc` compiled from the bindings of a world; for builds other than `build`.
 *
 * ```ts
 * const component = await assemblyScriptComponent(await readFile('core.wasm'), { wit: './wit', world: 'renderer' })
 * ```
 * @throws {WIT_MISSING} {WIT_SYNTAX} {WORLD_UNKNOWN} {TYPE_UNSUPPORTED}
 * @throws {WIT_TOOLS_FAILED} when the module was not compiled from bindings of this world
 */
export async function assemblyScriptComponent(
  core: Uint8Array,
  options: LoadWorldOptions,
): Promise<Uint8Array> {
  const cache = new BuildCache(null)
  const resolved = await resolveWorld(options, cache)
  // Where the functions are implemented has no part in the names of the exports.
  const bindings = generateAssemblyScript(resolved.world, { implementationOf: () => '' })
  return makeComponent(core, { bindings, resolved, cache })
}
