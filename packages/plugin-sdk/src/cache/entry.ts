import { createHash } from 'node:crypto'
import { concatBytes } from '../wasm/sections.js'

/** What a step made: bytes, and what else is worth keeping (warnings, a source map) as JSON. */
export interface CacheEntry<Data = null> {
  readonly bytes: Uint8Array
  readonly data: Data
}

const DIGEST_BYTES = 32
/** Digest of what follows, then the length of the JSON as 4 bytes, little endian. */
const HEADER_BYTES = DIGEST_BYTES + 4

/** The digest, the length of the JSON, the JSON, the bytes. */
export function encodeEntry({ bytes, data }: CacheEntry<unknown>): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(data))
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, json.length, true)
  const payload = concatBytes([length, json, bytes])
  return concatBytes([digestOf(payload), payload])
}

/** Null for anything that `encodeEntry` did not write whole. */
export function decodeEntry<Data>(stored: Uint8Array): CacheEntry<Data> | null {
  if (stored.length < HEADER_BYTES) return null
  const payload = stored.subarray(DIGEST_BYTES)
  if (!digestOf(payload).equals(stored.subarray(0, DIGEST_BYTES))) return null
  const jsonEnd = HEADER_BYTES + new DataView(payload.buffer, payload.byteOffset).getUint32(0, true)
  const json = new TextDecoder().decode(stored.subarray(HEADER_BYTES, jsonEnd))
  return { data: JSON.parse(json) as Data, bytes: new Uint8Array(stored.subarray(jsonEnd)) }
}

function digestOf(payload: Uint8Array): Buffer {
  return createHash('sha256').update(payload).digest()
}
