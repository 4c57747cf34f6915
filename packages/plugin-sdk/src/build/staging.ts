import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Folders that are in use. */
const inUse = new Set<string>()

/**
 * A folder for a tool that needs files: its real path. Whoever made it calls `removeStaging`; a process that ends before,
 * as by Ctrl-C, removes what is left.
 *
 * @param purpose Part of its name: `bundle`.
 */
export function makeStaging(purpose: string): string {
  if (inUse.size === 0) process.once('exit', removeAll)
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `wasm-plugin-${purpose}-`)))
  inUse.add(folder)
  return folder
}

export function removeStaging(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  inUse.delete(folder)
  if (inUse.size === 0) process.off('exit', removeAll)
}

function removeAll(): void {
  for (const folder of inUse) rmSync(folder, { recursive: true, force: true })
}
