import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { withStagedWit } from './stage.js'

/**
 * A WIT package as a folder that is complete by itself: its files, and in `deps/` every package that it names, the
 * WASI ones that the SDK ships included. Text by path below the folder.
 *
 * @throws {WIT_MISSING}
 */
export async function collectWit(wit: string): Promise<ReadonlyMap<string, string>> {
  return await withStagedWit(wit, async ({ hostPath }) => {
    const names = readdirSync(hostPath, { recursive: true, encoding: 'utf8' })
    const files = names.filter((name) => name.endsWith('.wit')).sort()
    return new Map(
      files.map((name) => [name.replaceAll(sep, '/'), readFileSync(join(hostPath, name), 'utf8')] as const),
    )
  })
}
