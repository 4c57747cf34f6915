import type { RuntimeResource } from '../abi/resource.js'
import type { ExternType, InstanceType, ResourceType } from '../types/index.js'
import type { Item } from './items.js'

/** Which resource each static resource type stands for in one frame. */
export type ResourceMap = Map<ResourceType, RuntimeResource>

/**
 * An item came into a frame with `type` as its type there: notes which resource each resource type that `type` makes
 * stands for.
 */
export function bindResources(resources: ResourceMap, type: ExternType, item: Item): void {
  if (type.kind === 'type') {
    if (type.type.kind === 'resource' && item.kind === 'type' && item.resource !== null) {
      resources.set(type.type, item.resource)
    }
  } else if (type.kind === 'instance' && item.kind === 'instance') {
    for (const name of namesWithResources(type)) {
      bindResources(resources, type.exports.get(name)!, item.exports.get(name)!)
    }
  }
}

const memo = new WeakMap<InstanceType, readonly string[]>()

/** The exports worth visiting: most instances have many functions and few resources. */
function namesWithResources(type: InstanceType): readonly string[] {
  let names = memo.get(type)
  if (names === undefined) {
    names = [...type.exports].filter(([, t]) => hasResource(t)).map(([name]) => name)
    memo.set(type, names)
  }
  return names
}

function hasResource(type: ExternType): boolean {
  if (type.kind === 'type') return type.type.kind === 'resource'
  return type.kind === 'instance' && namesWithResources(type).length > 0
}
