import { encodeComponent } from '../bindgen/bindgen.js'
import { errors } from '../errors/index.js'

/**
 * The component of a core module that a build of its own linked with bindings of `wasm-plugin bindings`, which carry the
 * world. Imports of WASI preview 1 are adapted.
 *
 * ```ts
 * await writeFile('plugin.wasm', await moduleComponent(await readFile('core.wasm')))
 * ```
 * @throws {WIT_TOOLS_FAILED} when the module carries no world, or imports and exports something else
 */
export async function moduleComponent(core: Uint8Array): Promise<Uint8Array> {
  return await encodeComponent(core, (reason) =>
    errors.WIT_TOOLS_FAILED({ step: 'making a component of the module', reason }),
  )
}
