import { digestOf } from './digest.js'
import type { BlobSource } from './repository.js'

/** Bytes in memory as something to upload. */
export function blobOf(bytes: Uint8Array): BlobSource {
  return {
    digest: digestOf(bytes),
    size: bytes.length,
    async *read(offset) {
      for (let at = offset; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE)
    },
  }
}

/** Bytes at a time: progress is seen, and an abort is noticed. */
const PIECE = 256 << 10
