import { randomUUID } from 'node:crypto'
import { lstat, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { failures, fromSystemError } from '../errors/index.js'
import { makeFolder } from './make-folder.js'

/**
 * Reads a file that the person named.
 *
 * @param what The file's part in the command, for the error: "the plugin".
 * @throws {PATH_NOT_FOUND | NOT_A_FILE | PATH_UNREADABLE}
 */
export async function readNamedFile(file: string, what: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await readFile(file))
  } catch (error) {
    throw fromSystemError(error, file, what)
  }
}

/**
 * Writes a file that the person named. A regular file is written in one step, so that a reader never sees half of it;
 * through a link, and into a device or a pipe, as a shell does.
 *
 * @throws {PATH_UNWRITABLE}
 */
export async function writeWholeFile(file: string, content: string | Uint8Array): Promise<void> {
  try {
    if (await isInPlace(file)) await writeFile(file, content)
    else await replaceFile(await realpath(file).catch(() => file), content)
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw failures.PATH_UNWRITABLE({ path: file, reason }, error)
  }
}

/** Whether what is there would be lost if a file took its place: anything but a file, and a link that leads nowhere yet. */
async function isInPlace(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined)
  if (found !== undefined) return !found.isFile()
  return await lstat(file).then(
    () => true,
    () => false,
  )
}

async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`
  try {
    await makeFolder(path.dirname(file))
    await writeFile(temporary, content)
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined) // What went wrong first is what to report.
    throw error
  }
}
