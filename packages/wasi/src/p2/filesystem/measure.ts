import { type FileId, type Folder, idOf } from '../../volume/volume.js'

/** What is looked at, at most. */
const MAX_ENTRIES = 100_000
const MAX_DEPTH = 256
/** Entries between two pauses. */
const PAUSE = 256

export interface Measured {
  readonly entries: number
  /** Of regular files, each of them once. */
  readonly bytes: number
  readonly files: ReadonlySet<FileId>
}

/** Counts what is in a directory and below it; `undefined` if that is more than is looked at. */
export function measure(top: Folder, pause: () => void): Measured | undefined {
  const files = new Set<FileId>()
  let entries = 0
  let bytes = 0
  const look = (folder: Folder, depth: number): boolean => {
    if (depth > MAX_DEPTH) return false
    for (const { name, type } of folder.list()) {
      if (++entries > MAX_ENTRIES) return false
      if (entries % PAUSE === 0) pause()
      if (type === 'symbolic-link') continue
      const child = type === 'regular-file' ? undefined : folder.child(name)
      if (child === undefined) {
        const stat = folder.find(name)
        if (stat?.type !== 'regular-file' || files.has(idOf(stat))) continue
        files.add(idOf(stat))
        bytes += Number(stat.size)
        continue
      }
      try {
        if (!look(child, depth + 1)) return false
      } finally {
        child.close()
      }
    }
    return true
  }
  return look(top, 0) ? { entries, bytes, files } : undefined
}
