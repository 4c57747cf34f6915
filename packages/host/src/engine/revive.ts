import { Component, type TransferredComponent } from '@wasm-plugin/runtime'
import type { EngineName } from '../options.js'
import type { EngineLimits, Revived } from './engine.js'
import type { JcoTransfer } from './transpile.js'

/** The side of each engine that is in the thread of the plugin. */
export async function revive(
  engine: EngineName,
  transferred: unknown,
  limits: EngineLimits,
): Promise<Revived> {
  if (engine === 'runtime') return reviveRuntime(transferred as TransferredComponent, limits)
  const { reviveJco } = await import('./revive-jco.js')
  return reviveJco(transferred as JcoTransfer, limits)
}

function reviveRuntime(transferred: TransferredComponent, limits: EngineLimits): Revived {
  const component = Component.revive(transferred)
  const fuel = limits.fuel === undefined ? {} : { fuel: limits.fuel }
  return {
    imports: component.imports,
    exports: component.exports,
    instantiate: (imports) => component.instantiate(imports, { limits, ...fuel }),
  }
}
