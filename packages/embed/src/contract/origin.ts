import type { ExternType, ResourceType } from '@wasm-plugin/runtime'

/** Who defines a resource type: the plugin, the application, or the framework's WASI. */
export interface ResourceOrigin {
  readonly side: 'plugin' | 'app' | 'wasi'
  /** Exact name of the interface, or null for a resource of the world itself. */
  readonly instance: string | null
  /** Kebab-case. */
  readonly name: string
}

export type ResourceOrigins = ReadonlyMap<ResourceType, ResourceOrigin>

type Externs = ReadonlyMap<string, ExternType>
type SideOf = (name: string, item: ExternType) => ResourceOrigin['side']

/**
 * Where every resource type of a component comes from. `fromApp` tells the interfaces that the application answers; a
 * resource of the world itself is always its own.
 */
export function resourceOrigins(
  { imports, exports }: { readonly imports: Externs; readonly exports: Externs },
  fromApp: (name: string) => boolean,
): ResourceOrigins {
  const origins = new Map<ResourceType, ResourceOrigin>()
  const add = (items: Externs, instance: string | null, sideOf: SideOf) => {
    for (const [name, item] of items) {
      if (item.kind === 'instance') add(item.exports, name, () => sideOf(name, item))
      else if (item.kind === 'type' && item.type.kind === 'resource' && !origins.has(item.type))
        origins.set(item.type, { side: sideOf(name, item), instance, name })
    }
  }
  // Imports first: what an export names after that is one of the plugin's own, unless an import brought it.
  add(imports, null, (name, { kind }) => (kind === 'instance' && !fromApp(name) ? 'wasi' : 'app'))
  add(exports, null, () => 'plugin')
  return origins
}
