import { childTypes } from '../types/children.js'
import type { ExternType, ResourceType } from '../types/index.js'
import type { DecodeContext } from './context.js'
import type { AnyType } from './type-info.js'

/** The resources that the types mention and that are not bound inside of them. */
export function mentionedResources(context: DecodeContext, types: Iterable<AnyType>): Set<ResourceType> {
  const walk: Walk = { context, seen: new Set(), found: new Set(), bound: new Set() }
  for (const type of types) visit(walk, type)
  // A resource has one binder, so what is bound anywhere inside cannot be free elsewhere.
  for (const resource of walk.bound) walk.found.delete(resource)
  return walk.found
}

interface Walk {
  readonly context: DecodeContext
  readonly seen: Set<AnyType>
  readonly found: Set<ResourceType>
  readonly bound: Set<ResourceType>
}

function visit(walk: Walk, type: AnyType): void {
  const info = walk.context.types.info(type)
  if (walk.seen.has(type) || (type.kind !== 'type' && !info.open)) return
  walk.seen.add(type)
  walk.context.step()
  switch (type.kind) {
    case 'resource':
      walk.found.add(type)
      return
    case 'own':
    case 'borrow':
      walk.found.add(type.resource)
      return
    case 'type':
      visit(walk, type.type)
      return
    case 'instance':
      bind(walk, info.defined)
      visitAll(walk, type.exports.values())
      return
    case 'component':
      bind(walk, info.defined)
      bind(walk, info.imported)
      visitAll(walk, type.imports.values())
      visitAll(walk, type.exports.values())
      return
    case 'module':
      return
    default:
      for (const child of childTypes(type)) visit(walk, child)
  }
}

function visitAll(walk: Walk, types: Iterable<ExternType>): void {
  for (const type of types) visit(walk, type)
}

function bind(walk: Walk, resources: ReadonlySet<ResourceType>): void {
  for (const resource of resources) walk.bound.add(resource)
}
