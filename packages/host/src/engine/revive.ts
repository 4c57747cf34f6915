import { Component, type InstanceLimits, type TransferredComponent } from '@wasm-plugin/runtime'
import type { EngineName, Revived } from './engine.js'

/** The plugin thread's side of each engine. */
export function revive(engine: EngineName, transferred: unknown, limits: Partial<InstanceLimits>): Revived {
  switch (engine) {
    case 'runtime': {
      const component = Component.revive(transferred as TransferredComponent)
      return {
        imports: component.imports,
        instantiate: (imports) => component.instantiate(imports, { limits }),
      }
    }
  }
}
