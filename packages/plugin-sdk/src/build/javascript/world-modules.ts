import { join } from 'node:path'
import { withoutVersion } from '@wasm-plugin/manifest/names'
import { GUEST_DIR } from '../../assets.js'
import { type Scope, scopesOf } from '../../world/scopes.js'
import type { World } from '../../world/world.js'
import type { JavaScriptEngine } from '../settings.js'
import type { EsbuildPlugin } from './esbuild.js'
import { WRAPPED } from './foreign-classes.js'
import { GUEST, importModule } from './glue.js'

const NAMESPACE = 'wit'

/**
 * Lets a plugin import what its world imports: `import { log } from 'acme:site/log'`, with or without the version,
 * and functions of the world itself from the world's own name. The engine knows the exact names only.
 */
export function worldModules(world: World, engine: JavaScriptEngine): EsbuildPlugin {
  const scopes = new Map<string, Scope>()
  for (const scope of scopesOf(world, 'import'))
    for (const id of [scope.id, withoutVersion(scope.id)]) if (!scopes.has(id)) scopes.set(id, scope)
  return {
    name: 'wasm-plugin',
    setup(build) {
      build.onResolve({ filter: /^wasm-plugin:guest\// }, ({ path }) => ({
        path: join(GUEST_DIR, path.slice(GUEST.length)),
        sideEffects: false,
      }))
      build.onResolve({ filter: new RegExp(`^${WRAPPED}`) }, ({ path }) => ({
        path: path.slice(WRAPPED.length),
        namespace: NAMESPACE,
        sideEffects: false,
      }))
      build.onResolve({ filter: /./ }, ({ path, importer, namespace }) => {
        // The module of an interface, and what the SDK brings, ask the engine itself.
        if (namespace === NAMESPACE || (importer.startsWith(GUEST_DIR) && path.startsWith('wasi:')))
          return path.startsWith(GUEST) ? undefined : { path, external: true }
        const scope = scopes.get(path)
        if (scope !== undefined) return { path: scope.id, namespace: NAMESPACE, sideEffects: false }
        if (isInterfaceId(path)) return { errors: [{ text: notImported(world, path) }] }
        return undefined
      })
      build.onLoad({ filter: /./, namespace: NAMESPACE }, ({ path }) => ({
        contents: importModule(scopes.get(path)!, world, engine),
        resolveDir: '/',
      }))
    },
  }
}

/** `acme:site/log@0.1.0`, and not `node:fs/promises`. */
function isInterfaceId(path: string): boolean {
  return /^(?!node:)[a-z][a-z0-9-]*:[a-z][a-z0-9-]*\//.test(path)
}

function notImported(world: World, path: string): string {
  const known = scopesOf(world, 'import').map(({ id }) => withoutVersion(id))
  const list = known.length === 0 ? 'no functions' : known.join(', ')
  return `${path} is not imported by the world ${world.id}, which imports ${list}`
}
