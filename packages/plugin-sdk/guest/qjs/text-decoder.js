// UTF-8 only, without streaming.
class TextDecoder {
  encoding = 'utf-8'

  constructor(label = 'utf-8', { fatal = false } = {}) {
    if (!/^utf-?8$/i.test(label))
      throw new RangeError(`TextDecoder of the qjs engine knows UTF-8, not ${label}`)
    this.fatal = fatal
  }

  decode(input = new Uint8Array()) {
    const bytes = ArrayBuffer.isView(input)
      ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
      : new Uint8Array(input)
    let text = ''
    for (let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0; at < bytes.length; ) {
      const { code, next } = codePoint(bytes, at)
      if (code < 0 && this.fatal) throw new TypeError('the bytes are not valid UTF-8')
      text += String.fromCodePoint(code < 0 ? 0xfffd : code)
      at = next
    }
    return text
  }
}

/** A negative code for bytes that are none; `next` is then after the longest beginning of one (Unicode, table 3-7). */
function codePoint(bytes, at) {
  const first = bytes[at]
  if (first < 0x80) return { code: first, next: at + 1 }
  const length =
    first >= 0xc2 && first < 0xe0
      ? 2
      : first >= 0xe0 && first < 0xf0
        ? 3
        : first >= 0xf0 && first < 0xf5
          ? 4
          : 1
  if (length === 1) return { code: -1, next: at + 1 }
  let code = first & (0x7f >> length)
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i]
    const low = i > 1 ? 0x80 : first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
    const high = i > 1 ? 0xbf : first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
    if (byte === undefined || byte < low || byte > high) return { code: -1, next: at + i }
    code = (code << 6) | (byte & 0x3f)
  }
  return { code, next: at + length }
}

export { TextDecoder }
