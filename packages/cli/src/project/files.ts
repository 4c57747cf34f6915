import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { failures, fromSystemError } from '../errors/index.js'

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
 * Writes a file in one step, so that a reader never sees half of it.
 *
 * @throws {PATH_UNWRITABLE}
 */
export async function writeWholeFile(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`
  try {
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(temporary, content)
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined) // What went wrong first is what to report.
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw failures.PATH_UNWRITABLE({ path: file, reason }, error)
  }
}
