import {
  Component,
  type ExternType,
  memberName,
  pascalCase,
  type TransferredComponent,
} from '@wasm-plugin/runtime'
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
    instantiate: (imports) => component.instantiate(asRuntimeKeys(component, imports), { limits, ...fuel }),
  }
}

/** The runtime takes functions and resources of the world by their names in JavaScript. */
function asRuntimeKeys(
  component: Component,
  imports: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const keyed: Record<string, unknown> = Object.create(null)
  for (const [name, type] of component.imports)
    if (Object.hasOwn(imports, name)) keyed[runtimeKey(name, type)] = imports[name]
  return keyed
}

/** A function of a resource is found in the class, which is given under its own name. */
function runtimeKey(name: string, type: ExternType): string {
  if (type.kind === 'type') return pascalCase(name)
  return type.kind === 'func' ? memberName(name) : name
}
