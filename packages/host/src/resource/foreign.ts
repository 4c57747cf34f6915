import type { FuncType, HandleType, ValueType } from '@wasm-plugin/runtime'
import type { ResourceOrigins } from './origin.js'

/** Name of a resource in a signature that neither the plugin nor the application defines: one of WASI. */
export function foreignResource({ params, result }: FuncType, origins: ResourceOrigins): string | undefined {
  const found: HandleType[] = []
  // Types are shared: a small component may spell a type whose tree has billions of nodes.
  const seen = new Set<ValueType>()
  for (const { type } of params) collect(type, found, seen)
  collect(result, found, seen)
  return found.find(({ resource }) => origins.get(resource)?.side === 'wasi')?.resource.name
}

function collect(type: ValueType | null, found: HandleType[], seen: Set<ValueType>): void {
  if (type === null || seen.has(type)) return
  seen.add(type)
  if (type.kind === 'own' || type.kind === 'borrow') found.push(type)
  else for (const part of partsOf(type)) collect(part, found, seen)
}

function partsOf(type: ValueType): readonly (ValueType | null)[] {
  switch (type.kind) {
    case 'record':
      return type.fields.map((field) => field.type)
    case 'tuple':
      return type.items
    case 'variant':
      return type.cases.map((c) => c.type)
    case 'option':
    case 'list':
      return [type.element]
    case 'result':
      return [type.ok, type.err]
    default:
      return []
  }
}
