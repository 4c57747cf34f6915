import { decodeComponent } from '@wasm-plugin/runtime'
import { errors } from '../errors/index.js'
import { refuseUnsafeNames } from './core-names.js'
import type { Engine, Prepared } from './engine.js'
import { type JcoTransfer, transpile } from './transpile.js'

/**
 * An engine on `@bytecodealliance/jco-transpile`, for comparison: it turns the component into JavaScript source, which
 * a plugin's thread imports. The package is an optional peer. The component passes the same decoder and validator as
 * with our own runtime, and names that would reach the source are held to a plain alphabet.
 */
export const jcoEngine: Engine = {
  name: 'jco',
  async prepare(bytes, limits): Promise<Prepared> {
    if (limits.fuel !== undefined) throw errors.ENGINE_UNSUPPORTED({ engine: 'jco', feature: 'fuel' })
    const checked = decodeComponent(bytes, { componentBytes: limits.componentBytes })
    refuseUnsafeNames(checked)
    const { imports, exports } = checked.root.type
    const { source, modules } = await transpile(bytes, imports.keys())
    const transferred: JcoTransfer = { bytes, source, modules }
    return { imports, exports, customSections: checked.customSections, transfer: () => transferred }
  },
}
