import { abiTrap, type FuncContext } from '../func-context.js'

const LOOP_UNITS = 16

export function liftUtf16(cx: FuncContext, pointer: number, length: number): string {
  const size = length * 2
  if (pointer & 1) throw abiTrap('a UTF-16 string is misaligned')
  if (pointer + size > cx.memory.bytes.length) throw abiTrap('a string is out of bounds of the memory')
  cx.limitBytes(size)
  cx.charge(size)
  return decodeUtf16(cx, pointer, length)
}

export function lowerUtf16(cx: FuncContext, value: string): number {
  const pointer = cx.alloc(value.length * 2, 2)
  writeUtf16(cx, value, pointer)
  cx.store.stringLength = value.length
  return pointer
}

export function decodeUtf16(cx: FuncContext, pointer: number, length: number): string {
  const { bytes, view } = cx.memory
  if (length <= LOOP_UNITS) {
    let text = ''
    let i = 0
    for (; i < length; i++) {
      const unit = view.getUint16(pointer + i * 2, true)
      if ((unit & 0xf800) === 0xd800) break
      text += String.fromCharCode(unit)
    }
    if (i === length) return text
  }
  const text = decode(bytes, pointer, pointer + length * 2)
  if (text === null) throw abiTrap('a string is not valid UTF-16')
  return text
}

/** Writes the code units of `value`; a lone surrogate becomes U+FFFD. */
export function writeUtf16(cx: FuncContext, value: string, pointer: number): void {
  const { view, bytes } = cx.memory
  if (value.length > LOOP_UNITS && write?.(bytes, value, pointer) === true) return
  for (let i = 0; i < value.length; i++) {
    let unit = value.charCodeAt(i)
    if ((unit & 0xf800) === 0xd800) {
      const next = unit < 0xdc00 ? value.charCodeAt(i + 1) : 0
      if ((next & 0xfc00) === 0xdc00) {
        view.setUint16(pointer + i * 2, unit, true)
        i++
        unit = next
      } else {
        unit = 0xfffd
      }
    }
    view.setUint16(pointer + i * 2, unit, true)
  }
}

const strict = new TextDecoder('utf-16le', { fatal: true, ignoreBOM: true })

/** Methods of Node's `Buffer`, which are copies: ten times as fast as a loop, and three times as `TextDecoder`. */
interface NodeBuffer {
  readonly ucs2Slice?: (this: Uint8Array, start: number, end: number) => string
  readonly ucs2Write?: (this: Uint8Array, value: string, at: number, size: number) => number
}

const { ucs2Slice, ucs2Write } =
  (globalThis as { Buffer?: { prototype?: NodeBuffer } }).Buffer?.prototype ?? ({} as NodeBuffer)

/** Engines that have no such method yet have no such `Buffer` either. */
const isWellFormed = (text: string): boolean => (text as string & { isWellFormed(): boolean }).isWellFormed()

/** The text, or null if it has a lone surrogate. */
const decode: (bytes: Uint8Array, start: number, end: number) => string | null =
  ucs2Slice === undefined
    ? (bytes, start, end) => {
        try {
          return strict.decode(bytes.subarray(start, end))
        } catch {
          return null
        }
      }
    : (bytes, start, end) => {
        const text = ucs2Slice.call(bytes, start, end)
        return isWellFormed(text) ? text : null
      }

/** False for a text that has to be written unit by unit. */
const write: ((bytes: Uint8Array, value: string, at: number) => boolean) | undefined =
  ucs2Write === undefined
    ? undefined
    : (bytes, value, at) => {
        const size = value.length * 2
        return isWellFormed(value) && ucs2Write.call(bytes, value, at, size) === size
      }
