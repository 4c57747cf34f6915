import { constants } from 'node:fs'
import { type FileHandle, lstat, open } from 'node:fs/promises'

/**
 * Opens what is a file and nothing else: no link is followed, and neither a FIFO nor a device is waited for. `undefined` if
 * there is nothing.
 *
 * @param fail Makes the error for anything else.
 */
export async function openRegularFile(
  file: string,
  fail: (reason: string) => Error,
): Promise<{ handle: FileHandle; size: number } | undefined> {
  // Windows has no flag for it.
  const there = O_NOFOLLOW === 0 ? await lstat(file).catch(() => undefined) : undefined
  if (there?.isSymbolicLink()) throw fail(`${file} is a link`)
  const handle = await open(file, constants.O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((error) => {
    if (error.code === 'ENOENT') return undefined
    throw fail(`${file} is ${NOT_FILES.get(error.code) ?? `not readable (${error.code})`}`)
  })
  if (handle === undefined) return undefined
  try {
    const found = await handle.stat()
    if (!found.isFile()) throw fail(`${file} is not a file`)
    return { handle, size: found.size }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** All bytes of a file that may have `max` of them. */
export async function readRegularFile(
  file: string,
  max: number,
  fail: (reason: string) => Error,
): Promise<Buffer | undefined> {
  const opened = await openRegularFile(file, fail)
  if (opened === undefined) return undefined
  await using _ = { [Symbol.asyncDispose]: () => opened.handle.close() }
  if (opened.size > max) throw fail(`${file} has ${opened.size} bytes, more than ${max}`)
  // It may grow meanwhile: no more than it had is read.
  const bytes = Buffer.allocUnsafe(opened.size)
  let at = 0
  while (at < bytes.length) {
    const { bytesRead } = await opened.handle.read(bytes, at, bytes.length - at, at)
    if (bytesRead === 0) break
    at += bytesRead
  }
  return bytes.subarray(0, at)
}

const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants

const NOT_FILES = new Map([
  ['ELOOP', 'a link'],
  ['EMLINK', 'a link'],
  ['ENXIO', 'not a file'],
])
