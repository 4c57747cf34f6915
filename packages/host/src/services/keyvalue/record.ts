import { createRecord } from '@wasm-plugin/embed/wire'
import { builtIn } from '../../node/built-in.js'

/** A record of a store's file, with its checksum. */
export function makeRecord(key: string, value: Uint8Array | null): Uint8Array {
  return createRecord(key, value, builtIn.zlib.crc32)
}

/** Whether the checksum of a record is right; `steps` are taken between parts of it. */
export function* checksum(bytes: Uint8Array): Generator<void, boolean> {
  let sum = 0
  for (let at = 4; at < bytes.length; at += PART) {
    sum = builtIn.zlib.crc32(bytes.subarray(at, at + PART), sum)
    yield
  }
  return sum === new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
}

/** Bytes that are read in well under a millisecond. */
const PART = 1 << 20
