import { childTypes } from '../types/children.js'
import type {
  ComponentType,
  ExternType,
  FuncType,
  InstanceType,
  ResourceType,
  TypeExport,
  ValueType,
} from '../types/index.js'
import type { DecodeContext } from './context.js'
import type { AnyType, TypeEntry, TypeUse } from './type-info.js'

/** Resources, and named types, that stand for others from here on. */
export interface Substitution {
  readonly resources: Map<ResourceType, ResourceType>
  readonly entries: Map<TypeEntry, TypeEntry>
}

/**
 * Replaces resources and named types inside of types. What does not mention any is returned as it is, and what was
 * copied once is the same copy everywhere, so that the sharing of the original stays. A substituter remembers its
 * copies: its substitution must not change while it is used.
 */
export class Substituter {
  readonly #context: DecodeContext
  readonly #by: Substitution
  readonly #copies = new Map<AnyType, AnyType>()

  constructor(context: DecodeContext, by: Substitution) {
    this.#context = context
    this.#by = by
  }

  extern(type: ExternType): ExternType {
    switch (type.kind) {
      case 'type':
        return this.entry(type)
      case 'func':
        return this.#copy(type, () => this.#func(type))
      case 'instance':
        return this.#copy(type, () => this.#instance(type))
      case 'component':
        return this.#copy(type, () => this.#component(type))
      case 'module':
        return type
    }
  }

  exports(types: ReadonlyMap<string, ExternType>): Map<string, ExternType> {
    const copies = new Map<string, ExternType>()
    for (const [name, type] of types) copies.set(name, this.extern(type))
    return copies
  }

  entry(entry: TypeEntry): TypeEntry {
    const replacement = this.#by.entries.get(entry)
    if (replacement !== undefined) return replacement
    return this.#copy(entry, () => {
      const type = this.#content(entry.type)
      return type === entry.type ? entry : { ...entry, type }
    })
  }

  #content(type: TypeExport['type']): TypeExport['type'] {
    switch (type.kind) {
      case 'resource':
        return this.#by.resources.get(type) ?? type
      case 'func':
      case 'instance':
      case 'component': {
        const copy = this.extern(type)
        return copy.kind === 'type' || copy.kind === 'module' ? type : copy
      }
      default:
        return this.#value(type)
    }
  }

  #value(type: ValueType): ValueType {
    return this.#copy(type, () => {
      if (type.kind === 'own' || type.kind === 'borrow') return this.#handle(type)
      const uses = this.#uses(type)
      return uses === null ? type : this.#context.types.value(rebuild(type, uses), uses)
    })
  }

  #handle(type: ValueType & { kind: 'own' | 'borrow' }): ValueType {
    const [old] = this.#context.types.info(type).uses
    const entry = this.entry(old!)
    if (entry === old || entry.type.kind !== 'resource') return type
    return this.#context.types.handle({ kind: type.kind, resource: entry.type }, entry)
  }

  #func(type: FuncType): FuncType {
    const uses = this.#uses(type)
    if (uses === null) return type
    const params = type.params.map(({ name }, i) => ({ name, type: uses[i]!.type }))
    const result = type.result === null ? null : uses[params.length]!.type
    return this.#context.types.value({ kind: 'func', async: type.async, params, result }, uses)
  }

  #instance(type: InstanceType): InstanceType {
    const exports = this.exports(type.exports)
    return this.#context.types.instance({ kind: 'instance', exports }, this.#context.types.info(type).defined)
  }

  #component(type: ComponentType): ComponentType {
    const imports = this.exports(type.imports)
    const exports = this.exports(type.exports)
    return this.#context.types.component(
      { kind: 'component', imports, exports },
      this.#context.types.info(type),
    )
  }

  /** The children of `type` after the substitution, or null when none changes. */
  #uses(type: ValueType | FuncType): TypeUse[] | null {
    const entries = this.#context.types.info(type).uses
    let changed = false
    const uses = childTypes(type).map((child, i) => {
      const old = entries[i] ?? null
      const entry = old && this.entry(old)
      if (entry === old) return { type: child, entry: old }
      changed = true
      return { type: valueAt(entry, child), entry }
    })
    return changed ? uses : null
  }

  #copy<T extends AnyType>(type: T, make: () => T): T {
    if (type.kind !== 'type' && !this.#context.types.info(type).open) return type
    const known = this.#copies.get(type)
    // The copy of a type is of its kind: `make` has the type of its argument.
    if (known !== undefined) return known as T
    this.#context.step()
    const copy = make()
    this.#copies.set(type, copy)
    return copy
  }
}

/** `type` made of other children, which come in the order of `childTypes`. */
function rebuild(type: ValueType, uses: readonly TypeUse[]): ValueType {
  let next = 0
  const child = (): ValueType => uses[next++]!.type
  const optional = (old: ValueType | null): ValueType | null => (old === null ? null : child())
  switch (type.kind) {
    case 'record':
      return { kind: 'record', fields: type.fields.map(({ name }) => ({ name, type: child() })) }
    case 'tuple':
      return { kind: 'tuple', items: type.items.map(child) }
    case 'variant':
      return { kind: 'variant', cases: type.cases.map((c) => ({ name: c.name, type: optional(c.type) })) }
    case 'result':
      return { kind: 'result', ok: optional(type.ok), err: optional(type.err) }
    case 'list':
    case 'option':
      return { ...type, element: child() }
    case 'map':
      return { kind: 'map', key: child(), element: child() }
    case 'stream':
    case 'future':
      return { kind: type.kind, element: optional(type.element) }
    default:
      return type
  }
}

function valueAt(entry: TypeEntry | null, fallback: ValueType): ValueType {
  const type = entry?.type
  if (type === undefined) return fallback
  switch (type.kind) {
    case 'resource':
    case 'func':
    case 'instance':
    case 'component':
      return fallback
    default:
      return type
  }
}
