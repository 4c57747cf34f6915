import { ComponentState } from '../abi/instance-state.js'
import type { CoreFunc, JsValue } from '../abi/js-value.js'
import type { Kept } from '../abi/kept.js'
import type { GuestMemory } from '../abi/memory.js'
import type { Store } from '../abi/store.js'
import type { ResourceMap } from './bind-resources.js'
import type { ComponentItem, FuncItem, HostModuleItem, InstanceItem, ModuleItem, TypeItem } from './items.js'

/** What all frames of one `instantiate` share. */
export interface Linkage {
  readonly store: Store
  readonly kept: Kept
  /** Of `CheckedComponent.coreModules`. */
  readonly modules: readonly ModuleItem[]
  /** One set of views per memory, however often it is aliased. */
  readonly memories: Map<WebAssembly.Memory, GuestMemory>
}

/** A component being instantiated: its index spaces (Explainer.md, "Index spaces") and its run-time state. */
export class Frame {
  readonly state: ComponentState

  readonly coreInstances: Readonly<Record<string, JsValue>>[] = []
  readonly coreFuncs: CoreFunc[] = []
  readonly coreMemories: GuestMemory[] = []
  readonly coreTables: WebAssembly.Table[] = []
  readonly coreGlobals: WebAssembly.Global[] = []
  readonly coreTags: unknown[] = []

  readonly modules: (ModuleItem | HostModuleItem)[] = []
  readonly components: ComponentItem[] = []
  readonly instances: InstanceItem[] = []
  readonly funcs: FuncItem[] = []
  readonly types: TypeItem[] = []
  readonly values: JsValue[] = []
  /** Core instances of `core-shim` whose functions may be called. */
  readonly connected = new Set<number>()

  constructor(
    readonly linkage: Linkage,
    readonly resources: ResourceMap,
    readonly parent: Frame | null,
  ) {
    this.state = new ComponentState(linkage.store, parent?.state ?? null)
    linkage.kept.states.push(this.state)
  }

  /** The frame `depth` levels out. */
  outer(depth: number): Frame {
    let frame: Frame = this
    for (let level = 0; level < depth; level++) frame = frame.parent!
    return frame
  }
}
