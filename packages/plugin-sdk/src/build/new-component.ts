import { bindgenVersion, encodeComponent } from '../bindgen/bindgen.js'
import type { BuildCache } from '../cache/cache.js'
import { errors } from '../errors/index.js'

/**
 * Makes a component of a core module that carries its world in a `component-type` section.
 *
 * @throws {WIT_TOOLS_FAILED}
 */
export async function newComponent(core: Uint8Array, cache: BuildCache): Promise<Uint8Array> {
  const { bytes } = await cache.entry('component', [bindgenVersion(), core], async () => {
    const explain = (reason: string) => errors.WIT_TOOLS_FAILED({ step: 'making the component', reason })
    return { bytes: await encodeComponent(core, explain), data: null }
  })
  return bytes
}
