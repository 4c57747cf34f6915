import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FsGrant } from './grant-set.js'

/** Directories of plugins that are loaded. */
const inUse = new Set<string>()

/** Grants with the directories of scratch grants made; nothing is left of them when one cannot be made. */
export function makeScratch(grants: readonly FsGrant[]): FsGrant[] {
  const made: string[] = []
  try {
    return grants.map((grant) => {
      if (!grant.scratch) return grant
      const path = mkdtempSync(join(realpathSync(tmpdir()), 'wasm-plugin-scratch-'))
      made.push(path)
      if (inUse.size === 0) process.once('exit', removeAll)
      inUse.add(path)
      return { ...grant, path }
    })
  } catch (error) {
    made.forEach(remove)
    throw error
  }
}

/** Removes the directories that `makeScratch` made for these grants. */
export function removeScratch(grants: readonly FsGrant[]): void {
  for (const { scratch, path } of grants) if (scratch && path !== null) remove(path)
}

function remove(path: string): void {
  rmSync(path, { recursive: true, force: true })
  inUse.delete(path)
  if (inUse.size === 0) process.off('exit', removeAll)
}

/** An application that ends without closing its host. */
function removeAll(): void {
  for (const path of inUse) rmSync(path, { recursive: true, force: true })
}
