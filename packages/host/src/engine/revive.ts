import { Component, type InstanceLimits, type TransferredComponent } from '@wasm-plugin/runtime'
import type { EngineName, Revived } from './engine.js'

/** `fuel` is what the start of an instance may use; every call gets as much again. */
export type EngineLimits = Partial<InstanceLimits> & { readonly fuel?: number }

/** The plugin thread's side of each engine. */
export function revive(engine: EngineName, transferred: unknown, limits: EngineLimits): Revived {
  switch (engine) {
    case 'runtime': {
      const component = Component.revive(transferred as TransferredComponent)
      return {
        imports: component.imports,
        instantiate: (imports) => component.instantiate(imports, { limits, ...fuelOf(limits) }),
      }
    }
  }
}

function fuelOf({ fuel }: EngineLimits): { fuel?: number } {
  return fuel === undefined ? {} : { fuel }
}
