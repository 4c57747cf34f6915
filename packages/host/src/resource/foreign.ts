import { childTypes, type FuncType, type HandleType, type ValueType } from '@wasm-plugin/runtime'
import type { ResourceOrigins } from './origin.js'

/** Name of a resource in a signature that neither the plugin nor the application defines: one of WASI. */
export function foreignResource(type: FuncType, origins: ResourceOrigins): string | undefined {
  const found: HandleType[] = []
  collect(type, found, new Set())
  return found.find(({ resource }) => origins.get(resource)?.side === 'wasi')?.resource.name
}

/** Types are shared, so each is looked at once. */
function collect(type: ValueType | FuncType, found: HandleType[], seen: Set<ValueType | FuncType>): void {
  if (seen.has(type)) return
  seen.add(type)
  if (type.kind === 'own' || type.kind === 'borrow') found.push(type)
  else for (const part of childTypes(type)) collect(part, found, seen)
}
