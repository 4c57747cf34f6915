import type { ComponentFunc } from '../abi/functions.js'
import type { JsValue } from '../abi/js-value.js'
import type { RuntimeResource } from '../abi/resource.js'
import type { Footprint, ModuleState } from '../limits/index.js'
import type { ModuleType } from '../types/index.js'

/** What the component-level index spaces hold at run time. */
export type Item = FuncItem | InstanceItem | TypeItem | ComponentItem | ModuleItem | HostModuleItem

export interface FuncItem {
  readonly kind: 'func'
  readonly func: ComponentFunc
}

export interface InstanceItem {
  readonly kind: 'instance'
  readonly exports: ReadonlyMap<string, Item>
}

/** `resource` is `null` for every type that is not a resource: those need nothing at run time. */
export interface TypeItem {
  readonly kind: 'type'
  readonly resource: RuntimeResource | null
}

export interface ComponentItem {
  readonly kind: 'component'
  /** Makes an instance of it, in the frame that it was defined in, which its outer aliases refer to. */
  readonly instantiate: (args: ReadonlyMap<string, Item>) => InstanceItem
}

export interface ModuleItem {
  readonly kind: 'module'
  /** Null for one that is not instantiated, see `bindShims`. */
  readonly module: WebAssembly.Module | null
  /** In the component. */
  readonly index: number
  /** The names by which each instance of it exports the linear memories that it makes. */
  readonly memories: readonly string[]
  /** The same of what else each keeps; null where nothing is to be saved. */
  readonly state: ModuleState | null
  /** What else each instance of it takes. */
  readonly footprint: Footprint
}

/** A core module of the host. */
export interface HostModuleItem {
  readonly kind: 'host-module'
  readonly type: ModuleType
  readonly name: string
  /** Takes what an instance imports, and gives what it exports. */
  readonly instantiate: (imports: Readonly<Record<string, Readonly<Record<string, JsValue>>>>) => unknown
}

export const plainType: TypeItem = { kind: 'type', resource: null }
