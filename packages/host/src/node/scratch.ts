import { mkdtempSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FsGrant, GrantSet } from '@wasm-plugin/wasi'
import { atOnce, inTurns } from '../turn.js'
import { removeTree } from './remove-tree.js'

const PREFIX = 'wasm-plugin-scratch-'

/** Directories of plugins that are loaded, with their removal, which may have begun. */
const inUse = new Map<string, Generator<void, void>>()

/** Grants with the directories of scratch grants made; nothing is left of them when one cannot be made. */
export function makeScratch(grants: GrantSet): GrantSet {
  const made: string[] = []
  try {
    const fs = grants.fs.map((grant) => {
      if (!grant.scratch) return grant
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

/** Removes the directories that `makeScratch` made for these grants, in turns. Never rejects: it warns. */
export async function removeScratch(grants: readonly FsGrant[]): Promise<void> {
  for (const { scratch, path } of grants) {
    const removal = scratch && path !== null ? inUse.get(path) : undefined
    if (removal === undefined || path === null) continue
    await inTurns(removal).catch((error) => warn(path, error))
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
  } catch (error) {
    warn(path, error)
  }
  forget(path)
}

function forget(path: string): void {
  inUse.delete(path)
  if (inUse.size === 0) process.off('exit', removeAll)
}

/** The message of the error has names that the plugin chose. */
function warn(path: string, error: unknown): void {
  const reason = (error as NodeJS.ErrnoException).code ?? 'unknown'
  process.emitWarning(`the scratch directory ${path} of a plugin was not removed: ${reason}`, {
    code: 'SCRATCH_LEFT',
  })
}
