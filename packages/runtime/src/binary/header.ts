import { errors } from '../errors/index.js'
import type { Reader } from './reader.js'

/** Tells a file that is no component apart. @throws {NOT_WASM} @throws {CORE_MODULE} */
export function checkFile(reader: Reader): void {
  const at = reader.offset
  if (reader.remaining < 4 || !readMagic(reader))
    throw errors.NOT_WASM({ size: reader.end - at, isText: isText(reader.bytes.subarray(at, reader.end)) })
  if (reader.remaining >= 4 && reader.u16() === 1 && reader.u16() === 0) throw errors.CORE_MODULE({})
  reader.offset = at
}

/** Reads the eight bytes in front of a component. @throws {MALFORMED_COMPONENT} */
export function checkHeader(reader: Reader): void {
  const at = reader.offset
  if (!readMagic(reader)) throw reader.malformed('a component does not start with \\0asm', at)
  const version = reader.u16()
  const layer = reader.u16()
  if (layer !== 1) throw reader.malformed(`layer ${layer} is not that of a component`, at + 6)
  if (version !== 0x0d)
    throw reader.malformed(`version ${version} of the component format is not known`, at + 4)
}

function readMagic(reader: Reader): boolean {
  return [0x00, 0x61, 0x73, 0x6d].map(() => reader.u8()).join() === '0,97,115,109'
}

/** Whether the bytes may be WebAssembly's text format: behind blanks, a comment or a parenthesis opens. */
function isText(bytes: Uint8Array): boolean {
  const at = bytes.findIndex((byte) => !BLANKS.includes(byte))
  const [first, second] = bytes.subarray(Math.max(at, 0))
  return first === OPEN || (first === SEMICOLON && second === SEMICOLON)
}

const BLANKS = [0x20, 0x09, 0x0a, 0x0d]
const OPEN = 0x28
const SEMICOLON = 0x3b
