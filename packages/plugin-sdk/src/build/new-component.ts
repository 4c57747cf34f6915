import { errors } from '../errors/index.js'
import { openWitTools, witToolsVersion } from '../world/wit-tools.js'
import type { BuildCache } from './cache.js'

/**
 * Makes a component of a core module that carries its world in a `component-type` section.
 *
 * @throws {WIT_TOOLS_FAILED}
 */
export async function newComponent(core: Uint8Array, cache: BuildCache): Promise<Uint8Array> {
  const { bytes } = await cache.entry('component', [witToolsVersion(), core], async () => {
    const { tools } = await openWitTools()
    try {
      return { bytes: await tools.componentNew(core, []), data: null }
    } catch (cause) {
      const reason = String((cause as { payload?: unknown }).payload ?? cause)
      throw errors.WIT_TOOLS_FAILED({ step: 'making the component', reason }, cause)
    }
  })
  return bytes
}
