import { isForbiddenField } from './http.js'

/** Bytes of all fields of one object; what may be sent is less (`net.limits.headerBytes`). */
export const MAX_FIELD_BYTES = 128 << 10
export const MAX_FIELDS = 1_024
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

const VALUE = /^[\t -~\x80-\xff]*$/
const DIGITS = /^\d{1,15}$/

/** Whether a plugin may send these as the fields of a message; values have one character per byte. */
export function maySendFields(fields: readonly (readonly [name: string, value: string])[]): boolean {
  if (fields.length > MAX_FIELDS) return false
  let bytes = 0
  let lengths = 0
  for (const [name, value] of fields) {
    bytes += fieldBytes(name, value)
    if (bytes > MAX_FIELD_BYTES || !isFieldName(name) || !VALUE.test(value)) return false
    if (name !== name.toLowerCase() || isForbiddenField(name)) return false
    if (name === 'content-length' && (++lengths > 1 || !DIGITS.test(value))) return false
  }
  return true
}

export function fieldBytes(name: string, value: string | Uint8Array): number {
  return name.length + value.length + 4
}

/** What one field counts for that somebody holds. */
export function fieldCost(name: string, value: string | Uint8Array): number {
  return name.length + value.length + 128
}

export function isFieldName(name: string): boolean {
  return name.length <= MAX_FIELD_BYTES && NAME.test(name)
}

/** Visible characters, tab, space and bytes above ASCII: nothing that could end the line. */
export function isFieldValue(value: Uint8Array): boolean {
  return value.every((byte) => byte === 9 || (byte >= 32 && byte !== 127))
}

/** Of `content-length`. */
export function isDigits(value: Uint8Array): boolean {
  return value.length > 0 && value.length < 16 && value.every((byte) => byte >= 48 && byte <= 57)
}
