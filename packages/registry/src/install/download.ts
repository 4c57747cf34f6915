import type { PublishedVersion } from '../artifact/index.js'
import { compareWithDeclared, type PluginFacts, readFacts } from '../artifact/index.js'
import { packageErrors } from '../errors/index.js'
import type { Descriptor, Repository, TransferOptions } from '../repository/index.js'

/** Verified components by digest, shared by the processes of a person. */
export interface BlobCache {
  /** The bytes if they are there, compared with the digest. */
  get(blob: Pick<Descriptor, 'digest' | 'size'>): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** Keeps a stream that ends only if its bytes are those of the digest, and gives them. */
  put(
    blob: Pick<Descriptor, 'digest' | 'size'>,
    bytes: AsyncIterable<Uint8Array>,
  ): Promise<Uint8Array<ArrayBuffer>>
}

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
): Promise<Uint8Array<ArrayBuffer>> {
  if (layer.size > maxBytes) throw packageErrors.COMPONENT_TOO_LARGE({ bytes: layer.size, max: maxBytes })
  return (await cache.get(layer)) ?? (await cache.put(layer, repository.readBlob(layer, options)))
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
