import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { folderOf, isShipped } from '@wasm-plugin/sdk'
import type { Context } from '../command.js'
import { failures } from '../errors/index.js'
import { writeWholeFile } from '../project/files.js'
import { openRegistry } from './open-registry.js'

/**
 * Lets `use` have the path of a contract: that which was given, or the folder of a WIT package that was named,
 * `acme:site@^0.2`. It is what the lock file has, or the newest, and the lock file stays as it is.
 *
 * @throws what fetching it throws
 */
export async function withContract<T>(
  context: Context,
  { wit, registry: place }: { readonly wit: string; readonly registry?: string | undefined },
  use: (path: string) => Promise<T>,
): Promise<T> {
  const given = path.resolve(context.cwd, wit)
  if (!isPackage(wit) || (await isThere(given))) return await use(given)
  context.progress.busy('Fetching', wit)
  const registry = await openRegistry(context, { registry: place, names: [wit] })
  const { packages } = await registry.fetchWit(
    { wanted: [wit], isProvided: isShipped },
    { signal: context.signal },
  )
  const [first, ...others] = packages
  if (first === undefined) throw failures.INTERNAL_ERROR({ reason: 'nothing was fetched' })
  const folder = await mkdtemp(path.join(tmpdir(), 'wasm-plugin-wit-'))
  try {
    for (const [file, text] of await folderOf([first, ...others]))
      await writeWholeFile(path.join(folder, file), text)
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What is no path of anybody's: no part of a path has a colon after a word, but for drives, which have one letter. */
function isPackage(text: string): boolean {
  return /^[a-z][a-z0-9-]+:[a-z][a-z0-9-]*(@.+)?$/.test(text)
}

async function isThere(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  )
}
