import { abiTrap, type FuncContext } from '../func-context.js'
import { decodeUtf16, writeUtf16 } from './utf16.js'

/** Set in a length that counts UTF-16 code units instead of Latin-1 bytes (CanonicalABI.md, `UTF16_TAG`). */
const UTF16_TAG = 0x80000000

export function liftLatin1OrUtf16(cx: FuncContext, pointer: number, taggedLength: number): string {
  const wide = (taggedLength & UTF16_TAG) !== 0
  const length = wide ? taggedLength - UTF16_TAG : taggedLength
  const size = wide ? length * 2 : length
  if (pointer & 1) throw abiTrap('a latin1+utf16 string is misaligned')
  if (pointer + size > cx.memory.bytes.length) throw abiTrap('a string is out of bounds of the memory')
  cx.limitBytes(size)
  cx.charge(size)
  return wide ? decodeUtf16(cx, pointer, length) : decodeLatin1(cx.memory.bytes, pointer, length)
}

/** Room for Latin-1 that grows at the first character that is not (CanonicalABI.md, `store_string_to_latin1_or_utf16`). */
export function lowerLatin1OrUtf16(cx: FuncContext, value: string): number {
  const units = value.length
  const pointer = cx.alloc(units, 2)
  const { bytes } = cx.memory
  for (let i = 0; i < units; i++) {
    const unit = value.charCodeAt(i)
    if (unit > 0xff) return growToUtf16(cx, value, pointer)
    bytes[pointer + i] = unit
  }
  cx.store.stringLength = units
  return pointer
}

function growToUtf16(cx: FuncContext, value: string, latin1: number): number {
  const units = value.length
  const pointer = cx.reallocate(latin1, units, 2, units * 2)
  writeUtf16(cx, value, pointer)
  cx.store.stringLength = (units | UTF16_TAG) >>> 0
  return pointer
}

/** Bytes per `String.fromCharCode` call, well under every engine's limit of arguments. */
const CHUNK = 4096

/** `TextDecoder('latin1')` means windows-1252, which differs from Latin-1 in 0x80-0x9f. */
function decodeLatin1(bytes: Uint8Array, pointer: number, length: number): string {
  let text = ''
  for (let at = 0; at < length; at += CHUNK) {
    const end = pointer + Math.min(at + CHUNK, length)
    text += String.fromCharCode(...bytes.subarray(pointer + at, end))
  }
  return text
}
