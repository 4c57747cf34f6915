import type {
  ComponentType,
  CoreExternType,
  CoreImport,
  ExternType,
  FuncType,
  InstanceType,
  ResourceType,
} from '../types/index.js'

/**
 * The checked component: what the decoder hands to the linker. A component is a list of definitions in binary
 * order; each one appends to the index spaces of the frame that runs it (Explainer.md, "Index spaces"), and
 * names earlier entries by index. The validator has checked every index and every type, so the linker does not.
 */
export interface CheckedComponent {
  readonly root: ComponentDefinition
  /** Core modules of the whole tree, nested components included, in binary order. */
  readonly coreModules: readonly ModuleDefinition[]
  /** Custom sections of the outermost component, in order. */
  readonly customSections: readonly CustomSection[]
  /** Size of the component in bytes. */
  readonly size: number
  /** Bytes that it takes about to write down what was decoded. */
  readonly weight: number
}

export interface CustomSection {
  readonly name: string
  readonly bytes: Uint8Array
}

export interface ModuleDefinition {
  /** The module's own bytes: a view into the component's bytes. */
  readonly bytes: Uint8Array
  /** Offset in the component, for messages. */
  readonly offset: number
  readonly imports: readonly CoreImport[]
  readonly exports: ReadonlyMap<string, CoreExternType>
}

export interface ComponentDefinition {
  readonly type: ComponentType
  readonly definitions: readonly Definition[]
}

export type CoreSort = 'func' | 'table' | 'memory' | 'global' | 'tag' | 'type' | 'module' | 'instance'
export type Sort = 'core-module' | 'func' | 'value' | 'type' | 'component' | 'instance'

export interface CoreRef {
  readonly name: string
  readonly sort: CoreSort
  readonly index: number
}

export interface Ref {
  readonly name: string
  readonly sort: Sort
  readonly index: number
}

/** Indices refer to the index spaces of the frame, except where a comment says otherwise. */
export interface CanonOptions {
  readonly encoding: 'utf8' | 'utf16' | 'latin1+utf16'
  /** Core memory index, or null. */
  readonly memory: number | null
  /** Core function indices, or null. */
  readonly realloc: number | null
  readonly postReturn: number | null
}

/** An export of a core instance. */
export interface CoreExport {
  readonly instance: number
  readonly name: string
}

/** A function that is lowered later, or a destructor that comes out of a core instance later. */
export type ShimTarget =
  | (Definition & { readonly op: 'lower' })
  | (CoreExport & { readonly op: 'core-alias' })

export type Definition =
  /** Appends a core module; `module` indexes `CheckedComponent.coreModules`. */
  | { readonly op: 'core-module'; readonly module: number }
  /** Appends a core instance made from a core module. */
  | {
      readonly op: 'core-instantiate'
      readonly module: number
      readonly args: readonly { readonly name: string; readonly instance: number }[]
    }
  /** In the place of a `core-instantiate`, see `link/shim`: appends a core instance of functions that stand for others. */
  | {
      readonly op: 'core-shim'
      readonly module: number
      readonly functions: readonly { readonly name: string; readonly standsFor: ShimTarget }[]
    }
  /** The same for the module that would have connected them: lets those of core instance `shim` be called. */
  | {
      readonly op: 'core-fixup'
      readonly module: number
      readonly shim: number
      /** A core function that is called then. */
      readonly start: CoreExport | null
    }
  /** Appends a core instance made of existing core entries. */
  | { readonly op: 'core-bundle'; readonly exports: readonly CoreRef[] }
  /** Appends to the core index space of `sort`: an export of a core instance. */
  | { readonly op: 'core-alias'; readonly sort: CoreSort; readonly instance: number; readonly name: string }
  /** Appends a component. */
  | { readonly op: 'component'; readonly component: ComponentDefinition }
  /** Appends an instance made from a component; `type` has the fresh resources of this instantiation. */
  | {
      readonly op: 'instantiate'
      readonly component: number
      readonly args: readonly Ref[]
      readonly type: InstanceType
    }
  /** Appends an instance made of existing entries. */
  | { readonly op: 'bundle'; readonly exports: readonly Ref[]; readonly type: InstanceType }
  /** Appends to the index space of `sort`: an export of an instance. `type` is its type as seen here. */
  | {
      readonly op: 'alias'
      readonly sort: Sort
      readonly instance: number
      readonly name: string
      readonly type: ExternType
    }
  /** Appends an entry of the frame `depth` levels out (0 = this one). Never a resource type across a component. */
  | {
      readonly op: 'outer-alias'
      readonly sort: 'core-module' | 'core-type' | 'type' | 'component'
      readonly depth: number
      readonly index: number
    }
  /** Appends a core type. The linker only counts it. */
  | { readonly op: 'core-type' }
  /** Appends a type that needs nothing at run time. */
  | { readonly op: 'type' }
  /** Appends a resource type defined here, fresh for each instantiation. `destructor`: core function index. */
  | { readonly op: 'resource'; readonly resource: ResourceType; readonly destructor: number | null }
  /** Appends a function: a core function lifted to `type`. */
  | {
      readonly op: 'lift'
      readonly coreFunc: number
      readonly type: FuncType
      readonly options: CanonOptions
    }
  /** Appends a core function: a function lowered from `type`. */
  | { readonly op: 'lower'; readonly func: number; readonly type: FuncType; readonly options: CanonOptions }
  /** Appends a core function: a resource intrinsic. */
  | { readonly op: 'resource-new' | 'resource-rep' | 'resource-drop'; readonly resource: ResourceType }
  /** Calls a function at instantiation; appends its results as values. */
  | {
      readonly op: 'start'
      readonly func: number
      readonly args: readonly number[]
      readonly results: number
    }
  /** Appends to the index space of the import's sort. */
  | { readonly op: 'import'; readonly name: string; readonly type: ExternType }
  /** Appends again, under its exported type, to the index space of `sort`. */
  | {
      readonly op: 'export'
      readonly name: string
      readonly sort: Sort
      readonly index: number
      readonly type: ExternType
    }
