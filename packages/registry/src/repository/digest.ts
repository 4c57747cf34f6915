import { createHash } from 'node:crypto'

/** `sha256:` and 64 lower-case hexadecimal digits. Other algorithms are refused. */
export type Digest = `sha256:${string}`

const DIGEST = /^sha256:[0-9a-f]{64}$/

export function isDigest(text: unknown): text is Digest {
  return typeof text === 'string' && DIGEST.test(text)
}

export function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
