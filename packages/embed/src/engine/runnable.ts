import {
  Component,
  type ExternType,
  type Instance,
  type InstanceLimits,
  type InstantiateOptions,
  type TransferredComponent,
} from '@wasm-plugin/runtime'
import { memberName, pascalCase } from '@wasm-plugin/runtime/internal'
import { priceOf } from '@wasm-plugin/wasi/instance'

/** A component that instances are made of, in the thread that runs them. */
export interface Runnable {
  readonly imports: ReadonlyMap<string, ExternType>
  readonly exports: ReadonlyMap<string, ExternType>
  /** @param imports by the exact names of the component */
  instantiate(imports: Readonly<Record<string, unknown>>, how?: Instantiating): Instance
}

/**
 * Its exports return promises, and it is suspended while one of an import is pending, where it is `async`; it does not start where
 * there is something to `restore`.
 */
export type Instantiating = Pick<InstantiateOptions, 'onCallOut' | 'async' | 'restore'>

/** `fuel` is what the start of an instance may use; every call gets as much again. */
export type RunLimits = InstanceLimits & { readonly fuel?: number }

/** In a thread of the plugin: the component was compiled by the application's. */
export function revive(transferred: TransferredComponent, limits: RunLimits): Runnable {
  return runnable(Component.revive(transferred), limits)
}

export function runnable(component: Component, limits: RunLimits): Runnable {
  const fuel = limits.fuel === undefined ? {} : { fuel: limits.fuel }
  return {
    imports: component.imports,
    exports: component.exports,
    instantiate(imports, how) {
      const options = { limits, priceOf, ...fuel, ...how }
      return component.instantiate(asRuntimeKeys(component, imports), options)
    },
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
