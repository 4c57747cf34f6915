import { Kept } from './abi/kept.js'
import { Store } from './abi/store.js'
import type { ComponentDefinition } from './binary/definition.js'
import type { CoreModule } from './engine-types.js'
import { errors, type PluginError } from './errors/index.js'
import {
  defaultInstanceLimits,
  type Footprint,
  type Fuel,
  FuelTank,
  type InstanceLimits,
  type ModuleState,
} from './limits/index.js'
import { type ExportObject, exportObject } from './link/exports.js'
import { type ImportObject, resolveImports } from './link/imports.js'
import type { ModuleItem } from './link/items.js'
import { runComponent } from './link/run.js'
import { type Restoring, restoreState } from './state/restore.js'
import { type SaveOptions, saveState } from './state/save.js'

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
  /**
   * What `save` gave of another instance of the same component, compiled with `snapshot`: the new one goes on where that was, and
   * nothing of it is started. One that two go on from has given both the same secrets. @default it starts
   */
  readonly restore?: Restoring
}

export interface InstanceInit {
  readonly root: ComponentDefinition
  /** Null for one that is not instantiated. */
  readonly modules: readonly (CoreModule | null)[]
  /** The names by which each of the modules exports the linear memories that it defines. */
  readonly memories: readonly (readonly string[])[]
  readonly states: readonly (ModuleState | null)[]
  /** Of each of the modules. */
  readonly footprints: readonly Footprint[]
  /** Whether the modules count down fuel. */
  readonly fuel: Fuel
  /** What the modules keep is exported. */
  readonly snapshot: boolean
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
  readonly #kept: Kept
  readonly #isSavable: boolean

  constructor(init: InstanceInit) {
    const { root, fuel, snapshot, imports, options } = init
    const { restore } = options
    if (restore !== undefined && !snapshot)
      throw errors.SNAPSHOT_UNUSABLE({ reason: 'it is of another build' })
    const store = new Store(
      { ...defaultInstanceLimits, ...options.limits },
      fuel === false ? null : new FuelTank(options.fuel ?? 0, fuel === 'functions'),
      options.codeGeneration ?? true,
      options.async ?? false,
      options.onCallOut ?? null,
      options.priceOf ?? null,
    )
    const kept = new Kept(restore !== undefined)
    this.#store = store
    this.#kept = kept
    this.#isSavable = snapshot
    const { items, resources } = resolveImports(root.type, imports, kept.resources)
    store.busy = true
    const instance = runComponent({
      linkage: { store, kept, modules: moduleItems(init), memories: new Map() },
      definition: root,
      args: items,
      resources,
      parent: null,
    })
    if (restore !== undefined) restoreState(kept, store.memories, restore)
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

  /**
   * What it keeps from call to call, for another instance of the same component to go on with: see `restore`. It may not be
   * called while a call runs, and changes nothing.
   *
   * @throws {CANNOT_ENTER} a call is running in it, or it is poisoned
   * @throws {SNAPSHOT_UNSUPPORTED} the component was compiled without `snapshot`
   * @throws {SNAPSHOT_REFUSED} it holds something of the host that is not found again, or it is more than may be saved
   */
  save(options: SaveOptions): Uint8Array<ArrayBuffer> {
    const store = this.#store
    if (store.busy) throw store.refuseEntry()
    if (!this.#isSavable)
      throw errors.SNAPSHOT_UNSUPPORTED({ reason: 'the component was compiled without `snapshot`' })
    return saveState(this.#kept, store.memories, options)
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

function moduleItems({ modules, memories, states, footprints }: InstanceInit): ModuleItem[] {
  return modules.map((module, i) => ({
    kind: 'module',
    module,
    index: i,
    memories: memories[i]!,
    state: states[i]!,
    footprint: footprints[i]!,
  }))
}
