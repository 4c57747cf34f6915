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
  try {
    return strict.decode(bytes.subarray(pointer, pointer + length * 2))
  } catch {
    throw abiTrap('a string is not valid UTF-16')
  }
}

/** Writes the code units of `value`; a lone surrogate becomes U+FFFD. */
export function writeUtf16(cx: FuncContext, value: string, pointer: number): void {
  const { view } = cx.memory
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
