import type { FuncType, HandleType, ValueType } from '@wasm-plugin/runtime'
import { childTypes } from '@wasm-plugin/runtime/internal'
import type { ResourceOrigins } from './origin.js'

/** Name of a resource in a signature that neither the plugin nor the application defines: one of WASI. */
export type ForeignResource = (type: FuncType) => string | undefined

/** Looks at each type once, since functions share theirs. */
export function foreignResources(origins: ResourceOrigins): ForeignResource {
  const known = new Map<ValueType | FuncType, string | undefined>()
  const find = (type: ValueType | FuncType): string | undefined => {
    if (known.has(type)) return known.get(type)
    const found = isHandle(type)
      ? isForeign(type, origins)
        ? type.resource.name
        : undefined
      : firstOf(childTypes(type), find)
    known.set(type, found)
    return found
  }
  return find
}

function isHandle(type: ValueType | FuncType): type is HandleType {
  return type.kind === 'own' || type.kind === 'borrow'
}

function isForeign({ resource }: HandleType, origins: ResourceOrigins): boolean {
  return origins.get(resource)?.side === 'wasi'
}

function firstOf<T, R>(items: Iterable<T>, find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item)
    if (found !== undefined) return found
  }
  return undefined
}
