import type { ComponentType, ExternType, InstanceType, ResourceType } from '../types/index.js'
import { quote } from './context.js'
import { mentionedResources } from './free-resources.js'
import type { Scope } from './scope.js'

/** The type of an instance type whose declarations are in `scope`. */
export function finishInstance(scope: Scope): InstanceType {
  return scope.context.types.instance(
    { kind: 'instance', exports: scope.exports.items },
    new Set(scope.definedResources.keys()),
  )
}

/**
 * The type of the component, or component type, in `scope`, as seen from outside: resources made inside are abstract.
 * @throws {INVALID_COMPONENT} a resource made inside shows in an import, or in an export without being exported
 */
export function finishComponent(scope: Scope): ComponentType {
  const { context, imports, exports, importedResources, definedResources } = scope
  for (const resource of mentionedResources(context, imports.items.values())) {
    if (definedResources.has(resource)) {
      throw context.invalid(
        `an import uses resource ${quote(resource.name)}, which the component defines itself`,
      )
    }
  }
  const explicit = new Set<ResourceType>()
  for (const item of exports.items.values()) collectExported(item, explicit)
  const defined = new Set<ResourceType>()
  for (const resource of mentionedResources(context, exports.items.values())) {
    if (!definedResources.has(resource)) continue
    if (!explicit.has(resource)) {
      throw context.invalid(`an export uses resource ${quote(resource.name)}, which is not exported`)
    }
    defined.add(resource)
  }
  return context.types.component(
    { kind: 'component', imports: imports.items, exports: exports.items },
    { imported: importedResources, defined },
  )
}

function collectExported(item: ExternType, to: Set<ResourceType>): void {
  if (item.kind === 'type' && item.type.kind === 'resource') to.add(item.type)
  if (item.kind === 'instance') for (const inner of item.exports.values()) collectExported(inner, to)
}
