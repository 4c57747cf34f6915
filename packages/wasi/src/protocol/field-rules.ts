import { type FieldList, isForbiddenField } from './http.js'

/** Bytes of all fields of one object; what may be sent is less (`net.limits.headerBytes`). */
export const MAX_FIELD_BYTES = 128 << 10
export const MAX_FIELDS = 1_024
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** Whether a plugin may send these as the fields of a message. */
export function maySendFields(fields: unknown): fields is FieldList {
  if (!Array.isArray(fields) || fields.length > MAX_FIELDS) return false
  let bytes = 0
  const lengths = fields.filter(([name]) => name === 'content-length')
  return (
    lengths.length <= 1 &&
    fields.every(([name, value]) => {
      if (typeof name !== 'string' || !isFieldName(name) || name !== name.toLowerCase()) return false
      if (!(value instanceof Uint8Array) || !isFieldValue(value) || isForbiddenField(name)) return false
      bytes += fieldBytes(name, value)
      return bytes <= MAX_FIELD_BYTES && (name !== 'content-length' || isDigits(value))
    })
  )
}

export function fieldBytes(name: string, value: Uint8Array): number {
  return name.length + value.length + 4
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
