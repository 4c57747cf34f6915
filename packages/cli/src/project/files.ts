import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, lstat, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { errors as runtimeErrors } from '@wasm-plugin/runtime/internal'
import { failures, fromSystemError } from '../errors/index.js'
import { makeFolder } from './make-folder.js'

/** Bytes of one file that is read whole: those of a component, as the host has them. */
const MAX_BYTES = 64 << 20

/**
 * Reads a file that the person named, or that lies in a folder that somebody sent: a regular file of bounded size, since
 * a FIFO would be waited for, and a device has no end.
 *
 * @param what The file's part in the command, for the error: "the plugin".
 * @throws {PATH_NOT_FOUND | NOT_A_FILE | PATH_UNREADABLE | LIMIT_EXCEEDED}
 */
export async function readNamedFile(file: string, what: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      const opened = await handle.stat()
      if (!opened.isFile()) throw failures.NOT_A_FILE({ path: file, what })
      if (opened.size > MAX_BYTES)
        throw runtimeErrors.LIMIT_EXCEEDED({ limit: 'componentBytes', value: opened.size, max: MAX_BYTES })
      return await readBytes(handle, opened.size)
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw fromSystemError(error, file, what)
  }
}

/** The same as text. Editors of Windows begin a file with a mark that is no part of the text. */
export async function readNamedText(file: string, what: string): Promise<string> {
  return new TextDecoder().decode(await readNamedFile(file, what))
}

/** No more than it had when it was opened. */
async function readBytes(handle: FileHandle, size: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(size)
  let length = 0
  while (length < size) {
    const { bytesRead } = await handle.read(bytes, length, size - length, length)
    if (bytesRead === 0) return bytes.slice(0, length)
    length += bytesRead
  }
  return bytes
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

/**
 * Whether a file can be where it is to be written once something else is done: its folder is there. One that a person may have
 * misspelt is not made.
 *
 * @throws {PATH_UNWRITABLE}
 */
export async function checkFolderOf(file: string): Promise<void> {
  const folder = await stat(path.dirname(file)).catch(
    (error: NodeJS.ErrnoException) => error.code ?? 'UNKNOWN',
  )
  if (typeof folder === 'string') throw failures.PATH_UNWRITABLE({ path: file, reason: folder })
  if (!folder.isDirectory()) throw failures.PATH_UNWRITABLE({ path: file, reason: 'ENOTDIR' })
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
