import type {
  ComponentType,
  CoreExternType,
  CoreFuncType,
  ExternType,
  FuncType,
  InstanceType,
  ModuleType,
  ResourceType,
  TypeExport,
  ValueType,
} from '../types/index.js'
import type { DecodeContext } from './context.js'
import type { CoreType } from './core-types.js'
import type { CoreSort, Definition, Sort } from './definition.js'
import { UniqueNames } from './names.js'
import type { TypeEntry } from './type-info.js'

export type Role = 'import' | 'export'

/** A core instance is what it exports. */
export type CoreInstance = ReadonlyMap<string, CoreExternType>

type CoreExtern<K extends CoreExternType['kind']> = Extract<CoreExternType, { kind: K }>

/**
 * The index spaces of one component, component type or instance type, and what was imported and exported so far
 * (Explainer.md, "Index Spaces").
 */
export class Scope {
  readonly kind: 'component' | 'component-type' | 'instance-type'
  readonly parent: Scope | null
  readonly context: DecodeContext

  readonly core = {
    func: [] as CoreFuncType[],
    table: [] as CoreExtern<'table'>[],
    memory: [] as CoreExtern<'memory'>[],
    global: [] as CoreExtern<'global'>[],
    tag: [] as CoreExtern<'tag'>[],
    type: [] as (CoreType | ModuleType)[],
    module: [] as ModuleType[],
    instance: [] as CoreInstance[],
  }
  /** Core types that are not final. */
  readonly extensible = new Set<CoreType | ModuleType>()
  readonly funcs: FuncType[] = []
  readonly types: TypeEntry[] = []
  readonly components: ComponentType[] = []
  readonly instances: InstanceType[] = []

  readonly imports = new Side()
  readonly exports = new Side()
  /** Resources that came in through imports. */
  readonly importedResources = new Set<ResourceType>()
  /** Resources made in this scope; `true` for those that it declares itself, whose representation it may see. */
  readonly definedResources = new Map<ResourceType, boolean>()

  /** A component has one start function at most. */
  started = false

  /** Only a component has any. */
  readonly definitions: Definition[] = []

  constructor(kind: Scope['kind'], parent: Scope | null, context: DecodeContext) {
    this.kind = kind
    this.parent = parent
    this.context = context
  }

  /** The scope `depth` levels out: 0 is this one. @throws {INVALID_COMPONENT} */
  outer(depth: number): Scope {
    let scope: Scope | null = this
    for (let i = 0; i < depth && scope !== null; i++) scope = scope.parent
    if (scope === null) throw this.context.invalid(`outer alias of level ${depth} leaves the component`)
    return scope
  }

  coreFunc(index: number): CoreFuncType {
    return this.#at(this.core.func, index, 'core function')
  }

  module(index: number): ModuleType {
    return this.#at(this.core.module, index, 'core module')
  }

  coreInstance(index: number): CoreInstance {
    return this.#at(this.core.instance, index, 'core instance')
  }

  coreType(index: number): CoreType | ModuleType {
    return this.#at(this.core.type, index, 'core type')
  }

  /** A core item that an instance can export. */
  coreExtern(sort: CoreSort, index: number): CoreExternType {
    if (sort === 'type' || sort === 'module' || sort === 'instance') {
      throw this.context.invalid(`a core instance cannot export a core ${sort}`)
    }
    return this.#at<CoreExternType>(this.core[sort], index, `core ${sort}`)
  }

  func(index: number): FuncType {
    return this.#at(this.funcs, index, 'function')
  }

  component(index: number): ComponentType {
    return this.#at(this.components, index, 'component')
  }

  instance(index: number): InstanceType {
    return this.#at(this.instances, index, 'instance')
  }

  type(index: number): TypeEntry {
    return this.#at(this.types, index, 'type')
  }

  valueType(index: number): ValueType {
    const { type } = this.type(index)
    switch (type.kind) {
      case 'func':
      case 'instance':
      case 'component':
      case 'resource':
        throw this.context.invalid(`type ${index} is not a value type, but a ${type.kind} type`)
      default:
        return type
    }
  }

  resource(index: number): ResourceType {
    const { type } = this.type(index)
    if (type.kind !== 'resource') throw this.context.invalid(`type ${index} is not a resource type`)
    return type
  }

  /** The type of whatever `sort` and `index` name. */
  extern(sort: Sort, index: number): ExternType {
    switch (sort) {
      case 'core-module':
        return this.module(index)
      case 'func':
        return this.func(index)
      case 'type':
        return this.type(index)
      case 'component':
        return this.component(index)
      case 'instance':
        return this.instance(index)
      case 'value':
        throw this.context.unsupported('values')
    }
  }

  /** Appends to the index space of the sort of `type`. */
  push(type: ExternType): void {
    switch (type.kind) {
      case 'module':
        this.core.module.push(type)
        return
      case 'func':
        this.funcs.push(type)
        return
      case 'type':
        this.types.push(type)
        return
      case 'component':
        this.components.push(type)
        return
      case 'instance':
        this.instances.push(type)
    }
  }

  pushCore(type: CoreExternType): void {
    switch (type.kind) {
      case 'func':
        this.core.func.push(type)
        return
      case 'table':
        this.core.table.push(type)
        return
      case 'memory':
        this.core.memory.push(type)
        return
      case 'global':
        this.core.global.push(type)
        return
      case 'tag':
        this.core.tag.push(type)
    }
  }

  /** Appends a type under no name yet. */
  pushType(type: TypeExport['type']): void {
    this.types.push({ kind: 'type', bound: 'eq', type })
  }

  #at<T>(space: readonly T[], index: number, what: string): T {
    const item = space[index]
    if (item === undefined) throw this.context.invalid(`${what} ${index} is out of bounds`)
    return item
  }
}

/** The imports, or the exports, of a scope. */
export class Side {
  readonly items = new Map<string, ExternType>()
  readonly names = new UniqueNames()
  /** Entries that this side may mention: the types that were named so far. */
  readonly named = new Set<TypeEntry>()
  /** The names given to resources, by the entry that names them. */
  readonly resourceNames = new Map<TypeEntry, string>()
  readonly resourceLabels = new Set<string>()
  readonly resources = new Set<ResourceType>()
  /** Nodes of the types of the items, all together. */
  size = 0

  nameResource(entry: TypeEntry, resource: ResourceType, name: string): void {
    this.resourceNames.set(entry, name)
    this.resourceLabels.add(name)
    this.resources.add(resource)
  }
}

/** The sort of what has the type `type`. */
export function sortOf(type: ExternType): Sort {
  return type.kind === 'module' ? 'core-module' : type.kind
}
