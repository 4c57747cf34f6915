import { decodeComponent } from '@wasm-plugin/runtime/internal'
import { foldGlobals, globalKey, knownGlobals } from '../../wasm/constants.js'
import { hideExport } from '../../wasm/hide-export.js'
import { mapModules } from '../../wasm/map-modules.js'
import { passWideIntegers } from './wide-integers.js'

/**
 * A component of componentize-qjs as one of the world and nothing else, for every engine: the function that its build
 * called to take the snapshot is no longer exported, constants that shared libraries add up at the start are added up
 * now, and integers of 64 bits pass whole.
 */
export function makePortable(component: Uint8Array): Uint8Array {
  const checked = decodeComponent(component)
  const known = knownGlobals(checked)
  const folded = mapModules(component, (bytes, index) => {
    const imported = (checked.coreModules[index]?.imports ?? []).flatMap(({ module, name, type }) =>
      type.kind === 'global' ? [globalKey(module, name)] : [],
    )
    const folded = foldGlobals(bytes, imported, known.get(index) ?? new Map())
    return passWideIntegers(folded, checked.coreModules[index]?.imports ?? [])
  })
  return hideExport(folded, 'init', checked.root.definitions)
}
