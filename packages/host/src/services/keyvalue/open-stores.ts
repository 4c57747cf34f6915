import { withoutLinks } from '../../node/reach.js'
import { Bucket } from './bucket.js'
import type { Steps } from './disk.js'

/** The stores of this process that are kept in files: plugins that are granted one file share what is in it. */
const open = new Map<string, Entry>()

interface Entry {
  readonly bucket: Bucket
  users: number
}

export interface OpenStore {
  readonly bucket: Bucket
  /** To be called once: the last user closes the file. */
  release(): void
}

export function openStore(file: string | null): OpenStore {
  if (file === null) return { bucket: new Bucket(null), release() {} }
  const path = withoutLinks(file)
  const entry = open.get(path) ?? { bucket: new Bucket(path), users: 0 }
  open.set(path, entry)
  entry.users++
  return {
    bucket: entry.bucket,
    release() {
      entry.users--
      closeUnused(path, entry)
    },
  }
}

/** At once, unless something is being written: until that is done, whoever opens the file gets the same bucket. */
function closeUnused(path: string, entry: Entry): void {
  const close = function* (): Steps<void> {
    if (entry.users > 0 || open.get(path) !== entry) return
    open.delete(path)
    yield* entry.bucket.close()
  }
  if (entry.bucket.isBusy) void entry.bucket.later(close).catch(() => {})
  else entry.bucket.now(close)
}
