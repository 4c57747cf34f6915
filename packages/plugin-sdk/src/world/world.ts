import type { ExternType, ResourceType, ValueType } from '@wasm-plugin/runtime'

/** A resolved WIT world: what a plugin built for it may import and must export. */
export interface World {
  /** `acme:site/renderer@0.1.0` */
  readonly id: string
  /** The WIT that it comes from, complete by itself: text by path, dependencies below `deps/`. */
  readonly wit: ReadonlyMap<string, string>
  /** Features that were asked for, and those of the package whose `@unstable` items are left out. */
  readonly features: readonly string[]
  readonly leftOut: readonly string[]
  /** Keyed by the exact name in the component: an interface id, or the name of a world-level item. */
  readonly imports: ReadonlyMap<string, ExternType>
  readonly exports: ReadonlyMap<string, ExternType>
  /**
   * Doc comments by item: `acme:site/types@0.1.0` (interface), `acme:site/types@0.1.0#document` (type or
   * function), `acme:site/types@0.1.0#document.path` (field, case, label or method). Items of the world itself are
   * under the world's id.
   */
  readonly docs: ReadonlyMap<string, string>
  /** Where each named type was first named. Aliases of primitives are not in it: they are the primitive. */
  readonly names: ReadonlyMap<ValueType | ResourceType, TypeName>
}

export interface TypeName {
  /** Interface id, or null for a type of the world itself. */
  readonly interface: string | null
  /** Kebab-case. */
  readonly name: string
  /** The same interface can be imported and exported at once; its types are then two sets. */
  readonly direction: 'import' | 'export'
}

/** Finds the first name of every type, in the order of the world: dependencies come before their users. */
export function nameTypes(
  world: Pick<World, 'imports' | 'exports'>,
): Map<ValueType | ResourceType, TypeName> {
  const names = new Map<ValueType | ResourceType, TypeName>()
  const visit = (name: string, item: ExternType, at: Pick<TypeName, 'interface' | 'direction'>) => {
    if (item.kind !== 'type' || !isNameable(item.type) || names.has(item.type)) return
    names.set(item.type, { ...at, name })
  }
  for (const direction of ['import', 'export'] as const) {
    for (const [key, item] of direction === 'import' ? world.imports : world.exports) {
      if (item.kind !== 'instance') visit(key, item, { interface: null, direction })
      else for (const [name, inner] of item.exports) visit(name, inner, { interface: key, direction })
    }
  }
  return names
}

/** Only types that are objects of their own: naming a primitive would name every use of it. */
function isNameable(type: { kind: string }): type is ValueType | ResourceType {
  return !NOT_NAMEABLE.has(type.kind)
}

const NOT_NAMEABLE = new Set([
  ...['bool', 's8', 'u8', 's16', 'u16', 's32', 'u32', 's64', 'u64', 'f32', 'f64', 'char', 'string'],
  ...['func', 'instance', 'component', 'module'],
])
