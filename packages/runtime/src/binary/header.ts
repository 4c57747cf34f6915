import { errors } from '../errors/index.js'
import type { Reader } from './reader.js'

/** Reads the eight bytes in front of a component. @throws {NOT_WASM} @throws {CORE_MODULE} @throws {MALFORMED_COMPONENT} */
export function checkHeader(reader: Reader): void {
  const at = reader.offset
  if (reader.remaining < 4) throw errors.NOT_WASM({ size: reader.remaining })
  if (MAGIC.some((byte) => reader.u8() !== byte)) throw errors.NOT_WASM({ size: reader.end - at })
  const version = reader.u8() | (reader.u8() << 8)
  const layer = reader.u8() | (reader.u8() << 8)
  if (layer === 0 && version === 1) throw errors.CORE_MODULE({})
  if (layer !== 1) throw reader.malformed(`layer ${layer} is neither a core module nor a component`, at + 6)
  if (version !== 0x0d)
    throw reader.malformed(`version ${version} of the component format is not known`, at + 4)
}

const MAGIC = [0x00, 0x61, 0x73, 0x6d]
