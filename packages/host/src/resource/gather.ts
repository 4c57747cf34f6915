import type { ResourceOrigins } from '../contract/origin.js'
import type { OnHandle } from '../contract/walk.js'
import { type Held, heldOf, requireUsable } from './plugin-resource.js'

/**
 * The plugin's resources in a value, once the constructors that are still running have finished. `walk` visits every
 * handle in the value. Rejects with the failure of a constructor.
 *
 * @throws {TYPE_MISMATCH} {RESOURCE_DROPPED}
 */
export async function gather(
  walk: (onHandle: OnHandle) => unknown,
  origins: ResourceOrigins,
): Promise<readonly Held[]> {
  const found: Held[] = []
  walk((value, { resource }) => {
    if (origins.get(resource)?.side === 'app') return value
    const held = heldOf(value, resource)
    requireUsable(held)
    found.push(held)
    return value
  })
  await Promise.all(found.map(({ place }) => place))
  return found
}
