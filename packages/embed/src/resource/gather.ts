import type { ResourceOrigins } from '../contract/origin.js'
import type { OnHandle } from '../contract/walk.js'
import { type Held, heldOf, requireUsable } from './plugin-resource.js'

/** Adds to `found` the plugin's resources among the handles that it is called with, which stay as they are. */
export function gatherInto(found: Held[], origins: ResourceOrigins): OnHandle {
  return (value, { resource }) => {
    if (origins.get(resource)?.side === 'app') return value
    const held = heldOf(value, resource)
    requireUsable(held)
    found.push(held)
    return value
  }
}
