import { decodeComponent } from '@wasm-plugin/runtime'
import { foldGlobals, globalKey, knownGlobals } from '../../wasm/constants.js'
import { hideExport } from '../../wasm/hide-export.js'
import { mapModules } from '../../wasm/map-modules.js'

/**
 * A component of componentize-qjs as one of the world and nothing else, for every engine: the function that its build
 * called to take the snapshot is no longer exported, and constants that shared libraries add up at the start are
 * added up now.
 */
export function makePortable(component: Uint8Array): Uint8Array {
  const checked = decodeComponent(component)
  const known = knownGlobals(checked)
  const folded = mapModules(component, (bytes, index) => {
    const imported = (checked.coreModules[index]?.imports ?? []).flatMap(({ module, name, type }) =>
      type.kind === 'global' ? [globalKey(module, name)] : [],
    )
    return foldGlobals(bytes, imported, known.get(index) ?? new Map())
  })
  return hideExport(folded, 'init', checked.root.definitions)
}
