import type { PublishedVersion } from '../artifact/index.js'
import { compareWithDeclared, type PluginFacts, readFacts } from '../artifact/index.js'
import type { Cache } from '../cache/index.js'
import { packageErrors } from '../errors/index.js'
import type { Descriptor, Repository, TransferOptions } from '../repository/index.js'

/** Verified components by digest, shared by the processes of a person. */
export type BlobCache = Pick<Cache, 'get' | 'fetch'>

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
 * What a component really is, compared with what was reviewed.
 *
 * @throws {ARTIFACT_MISMATCH}, and what reading a component throws
 */
export function inspected(bytes: Uint8Array, published: PublishedVersion, what: string): PluginFacts {
  const facts = readFacts(bytes)
  compareWithDeclared(facts, published, what)
  return facts
}
