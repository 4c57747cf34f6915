import { compareWithDeclared, type PluginFacts, readFacts } from '../artifact/index.js'
import { packageErrors } from '../errors/index.js'
import type { Descriptor, Repository, TransferOptions } from '../repository/index.js'
import type { BlobCache } from './blob-cache.js'
import { checkIdentity, type Resolved } from './resolve.js'

/**
 * The component of a version, from the cache or its repository.
 *
 * @throws {COMPONENT_TOO_LARGE}, and what the repository throws
 */
export async function component(
  repository: Repository,
  layer: Descriptor,
  { cache, maxBytes }: { cache: BlobCache; maxBytes: number },
  options?: TransferOptions,
): Promise<Uint8Array> {
  if (layer.size > maxBytes) throw packageErrors.COMPONENT_TOO_LARGE({ bytes: layer.size, max: maxBytes })
  return await cache.fetch(layer, repository, options)
}

/**
 * What a component really is, compared with what was reviewed, and with what it was asked for as: the tools of others
 * declare nothing of the plugin.
 *
 * @throws {ARTIFACT_MISMATCH} {ARTIFACT_INVALID}, and what reading a component throws
 */
export function inspected(
  bytes: Uint8Array,
  { name, version, published }: Pick<Resolved, 'name' | 'version' | 'published'>,
  { registry }: Repository,
): PluginFacts {
  const facts = readFacts(bytes, published.layer.digest)
  compareWithDeclared(facts, published, `${name}@${version}`)
  checkIdentity(facts.manifest, { name, version, registry })
  return facts
}
