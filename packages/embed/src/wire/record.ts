import { sharedMemory } from '@wasm-plugin/wasi/gate'

/**
 * One change of a store: a checksum of the rest, the lengths of key and value, the key in UTF-8 and the value. Made where
 * the value is, so that the application's thread neither copies nor reads it.
 */
export interface StoreRecord {
  readonly key: string
  /** `null`: the key is deleted. */
  readonly value: Uint8Array | null
  /** All of it. */
  readonly bytes: Uint8Array
}

/** Bytes of checksum and lengths. */
export const RECORD_HEAD = 12
const DELETED = 0xffff_ffff

/**
 * In shared memory: threads pass it on without a copy, and nobody changes it.
 *
 * @param checksum of what follows it, for what keeps it where it may be damaged
 */
export function createRecord(
  key: string,
  value: Uint8Array | null,
  checksum?: (bytes: Uint8Array) => number,
): Uint8Array {
  const text = new TextEncoder().encode(key)
  const bytes = new Uint8Array(sharedMemory(RECORD_HEAD + text.length + (value === null ? 0 : value.length)))
  const head = new DataView(bytes.buffer)
  head.setUint32(4, text.length)
  head.setUint32(8, value === null ? DELETED : value.length)
  bytes.set(text, RECORD_HEAD)
  if (value !== null) bytes.set(value, RECORD_HEAD + text.length)
  if (checksum !== undefined) head.setUint32(0, checksum(bytes.subarray(4)))
  return bytes
}

/** The record that `bytes` begins with, its checksum not looked at; undefined when it is longer than they are. */
export function readRecord(bytes: Uint8Array): StoreRecord | undefined {
  if (bytes.length < RECORD_HEAD) return undefined
  const head = new DataView(bytes.buffer, bytes.byteOffset)
  const keyEnd = RECORD_HEAD + head.getUint32(4)
  const size = head.getUint32(8)
  const end = size === DELETED ? keyEnd : keyEnd + size
  if (end > bytes.length) return undefined
  // A decoder takes no shared memory, and a key may begin with a byte order mark.
  const key = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.slice(RECORD_HEAD, keyEnd))
  return { key, value: size === DELETED ? null : bytes.subarray(keyEnd, end), bytes: bytes.subarray(0, end) }
}
