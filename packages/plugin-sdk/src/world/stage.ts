import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { WitSource } from './read.js'
import { openWitTools } from './wit-tools.js'

/** A WIT package, copied to where the WIT tools can read it. */
export interface StagedWit extends WitSource {
  /** Path as the WIT tools see it. */
  readonly guestPath: string
}

/** Copies a package to a private folder, runs `use`, and removes the copy. */
export async function withStagedWit<T>(
  source: WitSource,
  use: (staged: StagedWit) => Promise<T>,
): Promise<T> {
  const { root } = await openWitTools()
  const staging = mkdtempSync(join(root.host, 'w'))
  try {
    for (const { place, text } of source.files) write(join(staging, place), text)
    for (const [place, bytes] of source.binaries) write(join(staging, place), bytes)
    return await use({ ...source, guestPath: `${root.guest}/${basename(staging)}` })
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
}

function write(path: string, contents: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, contents)
}
