import { sha256 } from '@noble/hashes/sha2.js'

/** Bytes that are read in a few milliseconds. */
const CHUNK = 256 << 10

/** SHA-256 where the browser has none, in steps. */
export function* slowDigest(bytes: Uint8Array): Generator<void, Uint8Array> {
  const hash = sha256.create()
  for (let at = 0; at < bytes.length; at += CHUNK) {
    hash.update(bytes.subarray(at, at + CHUNK))
    yield
  }
  return hash.digest()
}
