import { type Digest, digestOf } from './digest.js'
import type { BlobSource } from './repository.js'

/** Bytes in memory as something to upload, whose digest somebody may know. */
export function blobOf(
  bytes: Uint8Array,
  { digest = digestOf(bytes) }: { digest?: Digest | undefined } = {},
): BlobSource {
  return {
    digest,
    size: bytes.length,
    async *read(offset) {
      for (let at = offset; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE)
    },
  }
}

/** Bytes at a time: progress is seen, and an abort is noticed. */
const PIECE = 256 << 10
