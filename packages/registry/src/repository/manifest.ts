import { transportErrors as errors } from '../errors/index.js'
import { digestOf } from './digest.js'
import { parseObject } from './json.js'
import { mediaTypes } from './media-types.js'
import type { StoredManifest } from './repository.js'

/** What registries accept at most, and what is read at most. */
export const MAX_MANIFEST_BYTES = 4 << 20

/**
 * A manifest or an index of its bytes. The media type of the document is what counts; where the registry says another one
 * beside it, somebody would read the same bytes as something else.
 *
 * @param said The media type that the registry or an index says, if one does.
 * @throws {REGISTRY_ANSWER_INVALID}
 */
export function parseManifest(bytes: Uint8Array, registry: string, said?: string): StoredManifest {
  const fail = (reason: string) => errors.REGISTRY_ANSWER_INVALID({ registry, what: 'a manifest', reason })
  const document = parseObject(bytes)
  if (document === undefined) throw fail('it is not a JSON object')
  const mediaType = document.mediaType ?? said
  if (mediaType !== mediaTypes.manifest && mediaType !== mediaTypes.index)
    throw fail(`its media type is ${JSON.stringify(mediaType)}`)
  if (said !== undefined && said !== mediaType) throw fail(`it is said to be ${said}, and says ${mediaType}`)
  return { descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length }, bytes, document }
}
