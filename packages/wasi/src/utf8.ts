const encoder = new TextEncoder()

/** Whether a text takes more bytes than that in UTF-8, where a character takes three at most. */
export function isLonger(text: string, bytes: number): boolean {
  return text.length > bytes || (text.length > bytes / 3 && encoder.encode(text).length > bytes)
}

export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text)
}
