import { transportErrors as errors } from '../errors/index.js'
import { readWellKnown } from '../oci/index.js'
import { checkPath } from '../repository/index.js'
import type { RegistryConfig } from './load-config.js'
import { type OciMetadata, readMetadata } from './metadata.js'
import { ociOptionsFor } from './oci-options.js'
import type { Mapping } from './packages-file.js'

/** Where a package is. */
export type Located =
  | { readonly registry: string; readonly path: string }
  | { readonly folder: string; readonly path: string }

/**
 * Where the configuration says that a package is, or its registry says so.
 *
 * @throws {NAMESPACE_NOT_MAPPED} and {REGISTRY_CONFIG_INVALID}
 */
export async function locate(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  config: RegistryConfig,
  signal?: AbortSignal,
): Promise<Located> {
  const mapping =
    config.packages.get(`${namespace}:${name}`) ?? config.namespaces.get(namespace) ?? config.fallback
  if (mapping === undefined) throw errors.NAMESPACE_NOT_MAPPED({ namespace, name })
  return await locateBy(mapping, { namespace, name }, config, signal)
}

/** Where a package may be as well, if the application said so. */
export async function locateOtherwise(
  name: { readonly namespace: string; readonly name: string },
  config: RegistryConfig,
  signal?: AbortSignal,
): Promise<Located | undefined> {
  return config.otherwise && (await locateBy(config.otherwise, name, config, signal))
}

async function locateBy(
  mapping: Mapping,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  config: RegistryConfig,
  signal: AbortSignal | undefined,
): Promise<Located> {
  const path = `${namespace}/${name}`
  if ('folder' in mapping) return { folder: mapping.folder, path: checkPath(path) }
  const { registry, prefix, metadata } = mapping
  const there =
    prefix !== undefined
      ? { registry, prefix }
      : (metadata ?? (await askRegistry(registry, config, signal)) ?? { registry, prefix: '' })
  return { registry: there.registry, path: checkPath(`${there.prefix}${path}`) }
}

async function askRegistry(
  registry: string,
  config: RegistryConfig,
  signal: AbortSignal | undefined,
): Promise<OciMetadata | undefined> {
  const options = ociOptionsFor(registry, config)
  const document = await readWellKnown(registry, 'wasm-pkg/registry.json', options, signal)
  return document && readMetadata(document, registry)
}
