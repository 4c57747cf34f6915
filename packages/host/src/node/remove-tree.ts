import { type Dirent, mkdtempSync, opendirSync, renameSync, rmdirSync, unlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Removes a directory in steps of one entry each. Every directory below it is first moved to one place, so no path is
 * longer than two names: by handles a plugin makes deeper ones than a path can name. A link is removed, never followed.
 *
 * @param prefix of the name of that place, which is beside the directory
 */
export function* removeTree(root: string, prefix: string): Generator<void, void> {
  const place = mkdtempSync(join(dirname(root), prefix))
  let moved = 0
  const move = (path: string): string => {
    const to = join(place, String(moved))
    renameSync(path, to)
    moved++
    return to
  }
  const found = [move(root)]
  for (let dir = found.pop(); dir !== undefined; dir = found.pop()) {
    yield
    while (yield* removeEntries(dir, (path) => void found.push(move(path))));
    rmdirSync(dir)
  }
  rmdirSync(place)
}

/** True if there was something: not every system lists all entries while some of them go. */
function* removeEntries(dir: string, onDirectory: (path: string) => void): Generator<void, boolean> {
  const entries = opendirSync(dir)
  let any = false
  try {
    for (let entry = entries.readSync(); entry !== null; entry = entries.readSync()) {
      any = true
      const path = join(dir, entry.name)
      if (isDirectory(entry, path)) onDirectory(path)
      yield
    }
  } finally {
    entries.closeSync()
  }
  return any
}

/** Otherwise it is removed: some systems do not say what an entry is, and none unlinks a directory. */
function isDirectory(entry: Dirent, path: string): boolean {
  if (entry.isDirectory()) return true
  try {
    unlinkSync(path)
    return false
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EISDIR' || code === 'EPERM') return true
    throw error
  }
}
