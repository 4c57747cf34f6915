import path from 'node:path'
import { cacheFolder, openCache } from './cache/index.js'
import { checkOptions } from './check-options.js'
import { loadConfig, locate, locateOtherwise, type RegistryConfig } from './config/index.js'
import type { Places } from './install/index.js'
import { openRepository } from './place/index.js'
import { Registry } from './registry.js'
import type { RegistryOptions } from './registry-options.js'
import type { Repository } from './repository/index.js'

export interface CreateOptions extends RegistryOptions {
  /**
   * Where namespaces and packages are, before what configuration files say: `{ acme: 'ghcr.io/acme' }`, or a folder of
   * packages, `{ acme: 'dir:./plugins' }`.
   */
  registries?: Readonly<Record<string, string>> | undefined
  /**
   * Where WIT packages are looked for that others use and that are not where their namespace is mapped to, or while that
   * fails: a registry, or a folder of packages.
   */
  otherwise?: string | undefined
  /** Where downloaded components are kept. @default the folder for caches of whoever runs this */
  cacheFolder?: string | undefined
  /**
   * The variables that count: proxies, folders of the user, `WKG_*`, passwords. @default those of the process
   */
  env?: Readonly<Record<string, string | undefined>> | undefined
}

/**
 * Opens the registries that an application uses: by its options, by `wasm-plugin.registries.toml` in its folder, and by
 * the configuration of the Wasm package tools and of Docker that the machine has. Nothing is asked yet.
 *
 * @example
 * ```ts
 * import { createHost } from '@wasm-plugin/host'
 * import { createRegistry } from '@wasm-plugin/registry'
 *
 * const registry = await createRegistry({ registries: { acme: 'dir:./plugins' } })
 * const host = await createHost({ registry })
 * const plugin = await host.load('acme:render@^1.2')
 * ```
 * @throws {REGISTRY_OPTIONS_INVALID} {REGISTRY_CONFIG_INVALID}
 */
export async function createRegistry(options: CreateOptions = {}): Promise<Registry> {
  checkOptions(options)
  const folder = path.resolve(options.folder ?? '.')
  const { env } = options
  const config = await loadConfig({
    cwd: folder,
    registries: options.registries,
    otherwise: options.otherwise,
    env,
  })
  return new Registry(options, {
    places: placesIn(folder, config),
    cache: openCache(options.cacheFolder ?? cacheFolder({ env })),
  })
}

function placesIn(folder: string, config: RegistryConfig): Places {
  return {
    async ofPackage(name, { signal } = {}) {
      return relative(folder, await openRepository(await locate(name, config, signal), { config }))
    },
    async otherwise(name, { signal } = {}) {
      const place = await locateOtherwise(name, config, signal)
      return place && relative(folder, await openRepository(place, { config }))
    },
    async at(registry, where) {
      const place = registry.startsWith(DIR)
        ? { folder: path.resolve(folder, registry.slice(DIR.length)), path: where }
        : { registry, path: where }
      return relative(folder, await openRepository(place, { config }))
    },
  }
}

/** A folder of packages by its place beside the application, so that a lock file means the same on another machine. */
function relative(folder: string, repository: Repository): Repository {
  const { registry } = repository
  if (!registry.startsWith(DIR)) return repository
  const below = path.relative(folder, registry.slice(DIR.length)).split(path.sep).join('/')
  return { ...repository, registry: `${DIR}${below === '' ? '.' : below}` }
}

/** How lock files and options name a folder of packages. */
const DIR = 'dir:'
