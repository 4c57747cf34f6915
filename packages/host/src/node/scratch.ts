import { mkdtempSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atOnce, inTurns, type ScratchLeft } from '@wasm-plugin/embed'
import type { FsGrant, GrantSet } from '@wasm-plugin/wasi'
import { removeTree } from './remove-tree.js'

const PREFIX = 'wasm-plugin-scratch-'

/** Directories of plugins that are loaded, with their removal, which may have begun. */
const inUse = new Map<string, Generator<void, void>>()

/** Grants with the directories of scratch grants made; nothing is left of them when one cannot be made. */
export function makeScratch(grants: GrantSet): GrantSet {
  const made: string[] = []
  try {
    const fs = grants.fs.map((grant) => {
      if (!grant.scratch || grant.memory !== null) return grant
      const path = mkdtempSync(join(realpathSync(tmpdir()), PREFIX))
      made.push(path)
      if (inUse.size === 0) process.once('exit', removeAll)
      inUse.set(path, removeTree(path, PREFIX))
      return Object.freeze({ ...grant, path })
    })
    return Object.freeze({ ...grants, fs: Object.freeze(fs) })
  } catch (error) {
    for (const path of made) removeNow(path)
    throw error
  }
}

/** Removes the directories that `makeScratch` made for these grants, in turns. Never rejects: it says what is left. */
export async function removeScratch(
  grants: readonly FsGrant[],
  onLeft: (left: ScratchLeft) => void,
): Promise<void> {
  for (const { scratch, path } of grants) {
    const removal = scratch && path !== null ? inUse.get(path) : undefined
    if (removal === undefined || path === null) continue
    await inTurns(removal).catch((error) => onLeft({ path, reason: codeOf(error) }))
    forget(path)
  }
}

/** An application that ends without closing its host, or before that is done. */
function removeAll(): void {
  for (const path of inUse.keys()) removeNow(path)
}

function removeNow(path: string): void {
  try {
    atOnce(inUse.get(path) ?? removeTree(path, PREFIX))
  } catch {
    // At the end of the process, where nobody can be told any more.
  }
  forget(path)
}

function forget(path: string): void {
  inUse.delete(path)
  if (inUse.size === 0) process.off('exit', removeAll)
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown'
}
