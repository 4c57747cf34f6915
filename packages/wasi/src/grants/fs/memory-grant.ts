import { errors } from '../../errors/grant-codes.js'
import { createMemory } from '../../volume/memory/files.js'
import type { MemoryGrantInput } from '../inputs.js'

/** The part of a grant that is about files in memory; `below` as the manifest asks for, empty for all of them. */
export function grantMemory(input: MemoryGrantInput, { at, below }: { at: string; below: string }) {
  const prefix = below === '' ? '' : `${below}/`
  const files = new Map<string, Uint8Array>()
  for (const [path, content] of Object.entries(input.memory))
    if (path.startsWith(prefix)) files.set(path.slice(prefix.length), bytesOf(content))
  for (const path of files.keys())
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
      if (files.has(path.slice(0, end))) {
        const reason = `"${path.slice(0, end)}" is a file and a directory, in the files granted at "${at}"`
        throw errors.GRANTS_INVALID({ path: 'fs', reason })
      }
  const quotas = { quotaBytes: input.quotaBytes ?? 64 << 20, quotaEntries: input.quotaEntries ?? 10_000 }
  try {
    return { path: null, memory: createMemory(files, quotas), scratch: false, ...quotas } as const
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw errors.GRANTS_INVALID({ path: 'fs', reason: `no memory for the files granted at "${at}"` }, cause)
  }
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content
}
