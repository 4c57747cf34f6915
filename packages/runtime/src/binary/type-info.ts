import type {
  ComponentType,
  ExternType,
  FuncType,
  InstanceType,
  ResourceType,
  TypeExport,
  ValueType,
} from '../types/index.js'
import { layoutOf } from '../types/index.js'

/** Whatever a type index can stand for, and the core modules beside it. */
export type AnyType = ExternType | ValueType | ResourceType

/**
 * An entry of a type index space. Two entries can stand for the same type: importing or exporting a type makes a
 * new entry, and only an entry that was imported or exported is a name that other imports and exports can use.
 */
export type TypeEntry = TypeExport

/** A reference to a value type, with the entry it was taken from: none for a primitive written in place. */
export interface TypeUse {
  readonly type: ValueType
  readonly entry: TypeEntry | null
}

/** What the validator knows of a type beyond its public shape. Computed once, when the type is made. */
export interface TypeInfo {
  /** Levels: 1 for a primitive. */
  readonly depth: number
  /** Nodes when written out in full. */
  readonly size: number
  readonly hasBorrow: boolean
  /** Mentions a resource or an entry, so that a substitution can change it. */
  readonly open: boolean
  /** The entries of the children, in order (see `childTypes`). */
  readonly uses: readonly (TypeEntry | null)[]
  /** Resources that each use of an instance type, or each instantiation of a component, makes afresh. */
  readonly defined: ReadonlySet<ResourceType>
  /** Resources that a component takes from outside. */
  readonly imported: ReadonlySet<ResourceType>
}

/** Value types are refused from this many bytes on, in a 64-bit memory (Binary.md, "Type Definitions"). */
const MAX_VALUE_BYTES = 2 ** 28

/** The limits of one decoding, and its messages. */
interface TypeLimits {
  /** @throws {LIMIT_EXCEEDED} */
  limit(limit: 'typeDepth' | 'typeSize', value: number): void
  invalid(reason: string): Error
}

/** The types of one decoding: makes them, checks their limits, and remembers what it learned. */
export class TypeTable {
  readonly #infos = new Map<AnyType, TypeInfo>()
  readonly #limits: TypeLimits

  constructor(limits: TypeLimits) {
    this.#limits = limits
  }

  info(type: AnyType): TypeInfo {
    const info = this.#infos.get(type)
    if (info !== undefined) return info
    if (type.kind === 'resource') return resourceInfo
    if (type.kind === 'type') return this.info(type.type)
    return leafInfo
  }

  /** Registers a value or function type whose children came from `uses`. */
  value<T extends ValueType | FuncType>(type: T, uses: readonly TypeUse[]): T {
    const entries = uses.map((use) => use.entry)
    this.#add(type, {
      ...leafInfo,
      ...this.#shape(uses.map((use) => use.type)),
      hasBorrow: uses.some((use) => this.info(use.type).hasBorrow),
      open: entries.some((entry) => entry !== null),
      uses: entries,
    })
    if (type.kind !== 'func' && layoutOf(type, 8).size >= MAX_VALUE_BYTES) {
      throw this.#limits.invalid('a value of the type takes 2^28 bytes or more')
    }
    return type
  }

  /** Registers `own` or `borrow` of the resource at `entry`. */
  handle<T extends ValueType & { kind: 'own' | 'borrow' }>(type: T, entry: TypeEntry): T {
    this.#add(type, { ...leafInfo, hasBorrow: type.kind === 'borrow', open: true, uses: [entry] })
    return type
  }

  instance(type: InstanceType, defined: ReadonlySet<ResourceType>): InstanceType {
    const shape = this.#shape(type.exports.values())
    this.#add(type, { ...leafInfo, ...shape, defined })
    return type
  }

  component(
    type: ComponentType,
    { imported, defined }: Pick<TypeInfo, 'imported' | 'defined'>,
  ): ComponentType {
    const shape = this.#shape([...type.imports.values(), ...type.exports.values()])
    this.#add(type, { ...leafInfo, ...shape, imported, defined })
    return type
  }

  #shape(items: Iterable<AnyType>): Pick<TypeInfo, 'depth' | 'size' | 'open'> {
    let depth = 0
    let size = 1
    let open = false
    for (const item of items) {
      const info = this.info(item)
      if (info.depth > depth) depth = info.depth
      size += info.size
      // An export of a type is an entry, and entries can be replaced.
      open ||= info.open || item.kind === 'type'
    }
    return { depth: depth + 1, size, open }
  }

  #add(type: AnyType, info: TypeInfo): void {
    this.#limits.limit('typeDepth', info.depth)
    this.#limits.limit('typeSize', info.size)
    this.#infos.set(type, info)
  }
}

const none: ReadonlySet<ResourceType> = new Set()
const leafInfo: TypeInfo = {
  depth: 1,
  size: 1,
  hasBorrow: false,
  open: false,
  uses: [],
  defined: none,
  imported: none,
}
const resourceInfo: TypeInfo = { ...leafInfo, open: true }
