import type { FuncType, ResourceType, ValueType } from '@wasm-plugin/runtime'
import { childTypes } from '@wasm-plugin/runtime/internal'
import { type Scope, scopesOf } from '../../world/scopes.js'
import type { World } from '../../world/world.js'

/** In front of an interface: the module that plugins import, and not the engine's own. */
export const WRAPPED = 'wasm-plugin:import/'

/**
 * Classes of other imported interfaces whose objects the functions of some scopes give to the plugin. Their members are wrapped
 * when the module of their interface starts, which the plugin itself may never name: whoever hands the objects out has
 * to import them. `names` are to be used for something, or the bundler drops what nobody uses.
 */
export function foreignClasses(
  scopes: readonly Scope[],
  world: World,
): { imports: string[]; names: string[] } {
  const members = scopes.flatMap(({ functions, resources }) => [
    ...functions,
    ...resources.flatMap((resource) => resource.members),
  ])
  const given = new Set(members.flatMap(({ type }) => resourcesIn(type)))
  const found = scopesOf(world, 'import').flatMap((scope) =>
    scopes.some(({ id }) => id === scope.id)
      ? []
      : scope.resources
          .filter((resource) => resource.members.length > 0 && given.has(resource.type))
          .map((resource) => ({ from: scope.id, name: resource.name })),
  )
  return {
    imports: found.map(
      ({ from, name }, i) => `import { ${name} as Class${i} } from ${JSON.stringify(WRAPPED + from)}`,
    ),
    names: found.map((_, i) => `Class${i}`),
  }
}

function resourcesIn(type: ValueType | FuncType): ResourceType[] {
  return type.kind === 'own' || type.kind === 'borrow'
    ? [type.resource]
    : childTypes(type).flatMap(resourcesIn)
}
