import { Store } from './abi/store.js'
import type { ComponentDefinition } from './binary/definition.js'
import type { CoreModule } from './engine-types.js'
import type { PluginError } from './errors/index.js'
import { defaultInstanceLimits, type Footprint, FuelTank, type InstanceLimits } from './limits/index.js'
import { type ExportObject, exportObject } from './link/exports.js'
import { type ImportObject, resolveImports } from './link/imports.js'
import type { ModuleItem } from './link/items.js'
import { runComponent } from './link/run.js'

export interface InstantiateOptions {
  readonly limits?: Partial<InstanceLimits>
  /** Units of fuel to start with, for a component that was compiled with `fuel`. @default 0 */
  readonly fuel?: number
  /**
   * Called before each call out of a component that was compiled with `fuel`, which counts what the plugin does and not
   * how long the machine takes for it, or of one that is suspended while its promise is pending. What it throws ends the
   * instance. `isQuick` says that the call takes less time than to look at a clock.
   */
  readonly onCallOut?: (isQuick: boolean) => Promise<void> | undefined | void
  /**
   * Units of fuel that a call of a host function costs (`acme:site/log@0.1.0#log`), beside those for what crosses; undefined
   * for 500. For functions that take long: fuel counts nothing of what they do.
   */
  readonly priceOf?: (func: string) => number | undefined
  /**
   * Generate code for lifting and lowering, from types alone. `false` uses closures, which are up to four times slower
   * on records; so does an engine that forbids `new Function`. @default true
   */
  readonly codeGeneration?: boolean
  /**
   * Let host functions return promises: the plugin is suspended until they settle, and every export returns a promise.
   * Where the engine cannot suspend WebAssembly (Node before 24), exports return promises all the same, and a host
   * function's promise is refused with `ASYNC_UNSUPPORTED`. So is one with `CANNOT_SUSPEND` that comes while an instance
   * starts, or makes or drops a resource: the host waits for these in place. @default false
   */
  readonly async?: boolean
}

export interface InstanceInit {
  readonly root: ComponentDefinition
  /** Null for one that is not instantiated. */
  readonly modules: readonly (CoreModule | null)[]
  /** The names by which each of the modules exports the linear memories that it defines. */
  readonly memories: readonly (readonly string[])[]
  /** Of each of the modules. */
  readonly footprints: readonly Footprint[]
  /** The modules count down fuel. */
  readonly metered: boolean
  readonly imports: ImportObject
  readonly options: InstantiateOptions
}

/** A running component. One call at a time; any fault ends it. */
export class Instance {
  /**
   * By the exact export name: `'acme:site/render@0.1.0'` -> `{ render(doc) }`. Frozen, without a prototype.
   * Functions check their arguments, and throw the `err` of a `result` as `ComponentError`.
   */
  readonly exports: ExportObject
  readonly #store: Store

  constructor(init: InstanceInit) {
    const { root, metered, imports, options } = init
    const store = new Store(
      { ...defaultInstanceLimits, ...options.limits },
      metered ? new FuelTank(options.fuel ?? 0) : null,
      options.codeGeneration ?? true,
      options.async ?? false,
      options.onCallOut ?? null,
      options.priceOf ?? null,
    )
    this.#store = store
    const { items, resources } = resolveImports(root.type, imports)
    store.busy = true
    const instance = runComponent({
      linkage: { store, modules: moduleItems(init), memories: new Map() },
      definition: root,
      args: items,
      resources,
      parent: null,
    })
    store.busy = false
    this.exports = exportObject(root.type.exports, instance)
  }

  /** The fault that ended this instance; every later call is refused with `CANNOT_ENTER`. */
  get poisoned(): PluginError | null {
    return this.#store.poison
  }

  /** It cannot be entered: a call is running in it, or it is poisoned. */
  get busy(): boolean {
    return this.#store.busy
  }

  /** Bytes of all its linear memories, as large as they are now. */
  get memoryBytes(): number {
    return this.#store.memoryBytes
  }

  /** Bytes of texts and lists that were written to its memories: arguments of its exports, results of its imports. */
  get bytesIn(): number {
    return this.#store.bytesIn
  }

  /** The same that were read from there. */
  get bytesOut(): number {
    return this.#store.bytesOut
  }

  /** The fuel that all core modules of this instance share; `undefined` if they are not metered. */
  get fuel(): FuelTank | undefined {
    return this.#store.fuel ?? undefined
  }
}

function moduleItems({ modules, memories, footprints }: InstanceInit): ModuleItem[] {
  return modules.map((module, i) => ({
    kind: 'module',
    module,
    memories: memories[i]!,
    footprint: footprints[i]!,
  }))
}
