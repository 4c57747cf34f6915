/** The bytes of a text. Half a surrogate pair becomes the replacement character, as in every encoder of the web. */
export function utf8(text) {
  const escaped = encodeURIComponent(text.toWellFormed())
  const bytes = new Uint8Array(escaped.length)
  let length = 0
  for (let i = 0; i < escaped.length; i++) {
    const code = escaped.charCodeAt(i)
    if (code === 0x25) {
      bytes[length++] = Number.parseInt(escaped.slice(i + 1, i + 3), 16)
      i += 2
    } else bytes[length++] = code
  }
  return bytes.slice(0, length)
}
