import type { FunctionHandles } from '../contract/handles.js'
import type { ResourceOrigins } from '../contract/origin.js'
import type { ResourceClasses } from '../resource/classes.js'
import { type Held, heldOf, placeIn } from '../resource/plugin-resource.js'

/**
 * Swaps the objects of the application for those of the runtime and back. The runtime's own would do for one call, but
 * they know nothing of fuel, of faults and of the instance after this one.
 */
export class InlineResources {
  readonly #origins: ResourceOrigins
  readonly #classes: ResourceClasses

  constructor(origins: ResourceOrigins, classes: ResourceClasses) {
    this.#origins = origins
    this.#classes = classes
  }

  call(
    home: object,
    handles: FunctionHandles | null,
    { target, args }: { target: (...args: unknown[]) => unknown; args: readonly unknown[] },
  ): unknown {
    if (handles === null) return target(...args)
    const toApp = (value: unknown, { resource }: { resource: Parameters<ResourceClasses['wrap']>[0] }) =>
      this.#isPlugins(resource) ? this.#classes.wrap(resource, { home, value }) : value
    const given: Held[] = []
    const sent = handles.args(args, (value, { kind, resource }) => {
      if (!this.#isPlugins(resource)) return value
      const held = heldOf(value, resource)
      if (kind === 'own') given.push(held)
      return placeIn(held, home)
    })
    try {
      return handles.result(target(...sent), toApp)
    } catch (error) {
      throw handles.error(error, toApp)
    } finally {
      for (const held of given) held.gone = 'moved'
    }
  }

  #isPlugins(resource: Parameters<ResourceOrigins['get']>[0]): boolean {
    return this.#origins.get(resource)?.side === 'plugin'
  }
}
