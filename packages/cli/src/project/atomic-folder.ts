import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { failures, usageErrors } from '../errors/index.js'
import { makeFolder } from './make-folder.js'

/** Text files by path below the folder, with `/` on every platform. */
export type FolderFiles = ReadonlyMap<string, string | Uint8Array>

/**
 * Writes a new folder at once: into a folder beside it, then renamed, so that an error or Ctrl-C on the way
 * leaves nothing behind. A folder that is a repository already, and nothing else, is filled: the last to come is what a
 * project is known by.
 *
 * @throws {TARGET_NOT_EMPTY} unless the path is free, or a folder that is empty or holds `.git` alone
 * @throws {PATH_UNWRITABLE}
 */
export async function writeNewFolder(target: string, files: FolderFiles, signal: AbortSignal): Promise<void> {
  await checkFree(target)
  const parent = path.dirname(target)
  let staging: string | undefined
  try {
    await makeFolder(parent)
    const hidden = path.join(parent, `.${path.basename(target)}-${randomUUID()}`)
    await mkdir(hidden)
    staging = hidden
    await writeFiles(staging, files)
    signal.throwIfAborted()
    if (await isRepository(target)) await moveInto(target, staging)
    else {
      await removeEmpty(target)
      await rename(staging, target)
    }
  } catch (error) {
    if (staging !== undefined) await rm(staging, { recursive: true, force: true })
    if (signal.aborted) throw failures.INTERRUPTED({}, error)
    throw unwritable(error, target)
  }
}

/** @throws {TARGET_NOT_EMPTY} unless the path is free, or a folder that is empty or holds `.git` alone */
export async function checkFree(target: string): Promise<void> {
  try {
    const first = (await readdir(target)).find((name) => name !== REPOSITORY)
    if (first !== undefined) throw usageErrors.TARGET_NOT_EMPTY({ path: target, holds: first })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT') return
    if (code === 'ENOTDIR') throw usageErrors.TARGET_NOT_EMPTY({ path: target, holds: 'a file' })
    throw error
  }
}

/** What `git init`, and a clone of a repository without commits, leave in a folder. */
const REPOSITORY = '.git'

async function isRepository(target: string): Promise<boolean> {
  const names = await readdir(target).catch(() => [])
  return names.length === 1 && names[0] === REPOSITORY
}

async function moveInto(target: string, staging: string): Promise<void> {
  const names = (await readdir(staging)).sort((a, b) => Number(a === LAST) - Number(b === LAST))
  for (const name of names) await rename(path.join(staging, name), path.join(target, name))
  await rmdir(staging)
}

const LAST = 'package.json'

async function writeFiles(folder: string, files: FolderFiles): Promise<void> {
  for (const [name, content] of files) {
    const file = path.join(folder, ...name.split('/'))
    await makeFolder(path.dirname(file))
    await writeFile(file, content)
  }
}

/** Windows does not rename over an empty folder. */
async function removeEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}

function unwritable(error: unknown, target: string): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error
  const reason = 'code' in error ? String(error.code) : error.message
  return failures.PATH_UNWRITABLE({ path: target, reason }, error)
}
