import path from 'node:path'
import type { Machine } from '../disk/index.js'
import { transportErrors as errors } from '../errors/index.js'
import type { OciOptions } from '../oci/index.js'
import { type Mapping, type RegistrySettings, readPackagesFile } from './packages-file.js'
import { userFiles } from './places.js'
import { parseTarget } from './target.js'

export interface ConfigOptions extends Machine {
  /** The folder of the project. Default: the one of the process. */
  readonly cwd?: string | undefined
  /**
   * What the application says, before all files: `{ acme: 'ghcr.io/acme', 'acme:render': 'dir:./plugins' }`. `*` stands for
   * every namespace that nothing is said of.
   */
  readonly registries?: Readonly<Record<string, string>> | undefined
  /** Where else a package may be that is not where it should be. */
  readonly otherwise?: string | undefined
  /** How registries are reached: certificates, times, tries. */
  readonly transport?: Omit<OciOptions, 'credentials' | 'plainHttp' | 'env'> | undefined
}

/** Where packages are, and how registries are spoken to. */
export interface RegistryConfig {
  /** By `namespace:name`, by namespace, and for all others. */
  readonly packages: ReadonlyMap<string, Mapping>
  readonly namespaces: ReadonlyMap<string, Mapping>
  readonly fallback: Mapping | undefined
  /** For what is not where these say. */
  readonly otherwise: Mapping | undefined
  readonly settings: ReadonlyMap<string, RegistrySettings>
  readonly machine: Machine
  readonly transport: OciOptions
}

/** A file of a project, in the form of wkg's `config.toml`, that comes with it. */
export const PROJECT_FILE = 'wasm-plugin.registries.toml'

/**
 * What the application says, then the project, then the user. The more exact word counts first: of one package, of its
 * namespace, of all.
 *
 * @throws {REGISTRY_CONFIG_INVALID}
 */
export async function loadConfig(options: ConfigOptions = {}): Promise<RegistryConfig> {
  const { cwd = process.cwd(), env = process.env, registries = {}, otherwise, transport = {} } = options
  const own = readOption(registries, cwd)
  const project = await readPackagesFile(path.join(cwd, PROJECT_FILE), false)
  const user = await readPackagesFile(userFiles(options).packages, true)
  // As for wkg, it is meant in place of what the files say.
  const forAll = env.WKG_REGISTRY ? { '*': env.WKG_REGISTRY } : undefined
  const files = forAll ? [readOption(forAll, cwd)] : [project, user]
  const layers = [own, ...files].filter((layer) => layer !== undefined)
  return {
    packages: merged(layers.map(({ packages }) => packages)),
    namespaces: merged(layers.map(({ namespaces }) => namespaces)),
    fallback: layers.find(({ fallback }) => fallback !== undefined)?.fallback,
    otherwise: otherwise === undefined ? undefined : parseTarget(otherwise, cwd),
    settings: user?.settings ?? new Map(),
    machine: options,
    transport: { ...transport, env },
  }
}

function readOption(registries: Readonly<Record<string, string>>, cwd: string) {
  const entries = Object.entries(registries).map(([name, text]): [string, Mapping] => {
    if (!NAME.test(name)) {
      const reason = `"${name}" is no namespace, no name of a package and not "*"`
      throw errors.REGISTRY_CONFIG_INVALID({ file: 'the option `registries`', reason })
    }
    return [name, parseTarget(text, cwd)]
  })
  return {
    packages: new Map(entries.filter(([name]) => name.includes(':'))),
    namespaces: new Map(entries.filter(([name]) => !name.includes(':') && name !== '*')),
    fallback: entries.find(([name]) => name === '*')?.[1],
  }
}

/** The first that has a name is the one that counts. */
function merged<T>(maps: readonly ReadonlyMap<string, T>[]): Map<string, T> {
  return new Map([...maps].reverse().flatMap((map) => [...map]))
}

const NAME = /^(?:\*|[a-z][a-z0-9-]*(?::[a-z][a-z0-9-]*)?)$/
