import { createHash } from 'node:crypto'
import { transportErrors as errors } from '../errors/index.js'
import type { Digest } from './digest.js'
import type { BlobStart, Descriptor } from './repository.js'

/**
 * The pieces as they come, of which the last one is held back until size and digest of all have been compared.
 *
 * @throws {CONTENT_SIZE_MISMATCH} as soon as there are too many bytes, or when they end too early.
 * @throws {CONTENT_DIGEST_MISMATCH}
 */
export async function* verified(
  pieces: AsyncIterable<Uint8Array>,
  { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
  registry: string,
  start?: BlobStart,
): AsyncGenerator<Uint8Array> {
  const hash = start?.hash.copy() ?? createHash('sha256')
  let seen = start?.size ?? 0
  let held: Uint8Array | undefined
  for await (const piece of pieces) {
    seen += piece.length
    if (seen > size) throw errors.CONTENT_SIZE_MISMATCH({ registry, digest, size, more: true })
    hash.update(piece)
    if (held !== undefined) yield held
    held = piece
  }
  if (seen < size) throw errors.CONTENT_SIZE_MISMATCH({ registry, digest, size, more: false })
  const actual: Digest = `sha256:${hash.digest('hex')}`
  if (actual !== digest) throw errors.CONTENT_DIGEST_MISMATCH({ registry, digest, actual })
  if (held !== undefined) yield held
}
