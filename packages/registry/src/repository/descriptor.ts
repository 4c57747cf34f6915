import { isDigest } from './digest.js'
import type { Descriptor } from './repository.js'

/** Whether a parsed value has what every descriptor has. How large what it names may be is for the caller to say. */
export function isDescriptor(value: unknown): value is Descriptor {
  const entry = value as Partial<Descriptor> | null
  return (
    typeof entry === 'object' &&
    entry !== null &&
    typeof entry.mediaType === 'string' &&
    isDigest(entry.digest) &&
    Number.isSafeInteger(entry.size) &&
    entry.size! >= 0
  )
}
