import type { FieldList } from '@wasm-plugin/wasi'

/** A field of a message; the value has one character per byte, as in `node:http` and `fetch`. */
export type HttpField = readonly [name: string, value: string]

/** As a plugin sees them. */
export function fieldList(fields: readonly HttpField[]): FieldList {
  return fields.map(([name, value]) => {
    const bytes = new Uint8Array(value.length)
    for (let i = 0; i < value.length; i++) bytes[i] = value.charCodeAt(i)
    return [name, bytes]
  })
}

/** One character per byte. */
export function latin1(bytes: Uint8Array): string {
  // Spread, they would be iterated over.
  if (bytes.length <= SHORT) return String.fromCharCode.apply(null, bytes as unknown as number[])
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

/** Bytes that may be arguments of a function. */
const SHORT = 128

export function isBytes(body: unknown): body is Uint8Array {
  return body instanceof Uint8Array
}
