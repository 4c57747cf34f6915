import { crc32 } from 'node:zlib'

/**
 * One change of a store, as its file has it: a checksum of the rest, the lengths of key and value, the key in UTF-8 and
 * the value. Made where the value is, so that the application's thread neither copies nor reads it.
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

/** In shared memory: threads pass it on without a copy, and nobody changes it. */
export function makeRecord(key: string, value: Uint8Array | null): Uint8Array {
  const text = new TextEncoder().encode(key)
  const bytes = new Uint8Array(
    new SharedArrayBuffer(RECORD_HEAD + text.length + (value === null ? 0 : value.length)),
  )
  const head = new DataView(bytes.buffer)
  head.setUint32(4, text.length)
  head.setUint32(8, value === null ? DELETED : value.length)
  bytes.set(text, RECORD_HEAD)
  if (value !== null) bytes.set(value, RECORD_HEAD + text.length)
  head.setUint32(0, crc32(bytes.subarray(4)))
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
  // A decoder takes no shared memory.
  const key = Buffer.from(bytes.subarray(RECORD_HEAD, keyEnd)).toString()
  return { key, value: size === DELETED ? null : bytes.subarray(keyEnd, end), bytes: bytes.subarray(0, end) }
}

/** The checksum that a record should have; `steps` are taken between parts of it. */
export function* checksum(bytes: Uint8Array): Generator<void, boolean> {
  let sum = 0
  for (let at = 4; at < bytes.length; at += PART) {
    sum = crc32(bytes.subarray(at, at + PART), sum)
    yield
  }
  return sum === new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
}

/** Bytes that are read in well under a millisecond. */
const PART = 1 << 20
