import type { Credentials } from '../oci/index.js'

/** A user name and a password of their base64, as configurations have them; `undefined` if it is something else. */
export function decodeBasic(base64: string): (Credentials & { kind: 'password' }) | undefined {
  const text = Buffer.from(base64, 'base64').toString()
  const colon = text.indexOf(':')
  if (colon < 0) return undefined
  // Docker pads some with zeros.
  return {
    kind: 'password',
    username: text.slice(0, colon),
    password: text.slice(colon + 1).replace(/\0+$/, ''),
  }
}
