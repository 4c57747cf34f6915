import type { PluginError } from '@wasm-plugin/runtime'
import { bindgenVersion, encodeComponent } from '../bindgen/bindgen.js'
import type { BuildCache } from '../cache/cache.js'
import { errors } from '../errors/index.js'

/**
 * Makes a component of a core module that carries its world in a `component-type` section.
 *
 * @param explain makes the error from the reason why it is none
 * @throws {WIT_TOOLS_FAILED} unless something else explains it
 */
export async function newComponent(
  core: Uint8Array,
  cache: BuildCache,
  explain: (reason: string) => PluginError = failed,
): Promise<Uint8Array> {
  const { bytes } = await cache.entry('component', [bindgenVersion(), core], async () => {
    return { bytes: await encodeComponent(core, explain), data: null }
  })
  return bytes
}

const failed = (reason: string) => errors.WIT_TOOLS_FAILED({ step: 'making the component', reason })
