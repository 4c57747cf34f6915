import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

const MAX_BYTES = 256 * 2 ** 20
/** What a build that was ended left half written; no write takes so long. */
const STALE_MS = 60 * 60 * 1000

/** Removes abandoned files, and beyond `maxBytes` the entries that were not used for longest, down to half of it. */
export function pruneFolder(folder: string, maxBytes = MAX_BYTES): void {
  const files = readdirSync(folder)
    .map((name) => {
      const stats = statSync(join(folder, name), { throwIfNoEntry: false })
      return { name, size: stats?.size ?? 0, mtimeMs: stats?.mtimeMs ?? 0 }
    })
    .sort((a, b) => b.mtimeMs - a.mtimeMs)
  const total = files.reduce((sum, { size }) => sum + size, 0)
  let kept = 0
  for (const { name, size, mtimeMs } of files) {
    kept += size
    const abandoned = name.endsWith('.tmp') && mtimeMs < Date.now() - STALE_MS
    if (abandoned || (total > maxBytes && kept > maxBytes / 2)) rmSync(join(folder, name), { force: true })
  }
}
