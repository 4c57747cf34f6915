import { transportErrors as errors } from '../errors/index.js'

/**
 * Runs what writes below `folder`; what the system answers becomes an error that says so.
 *
 * @throws {FOLDER_UNWRITABLE}
 */
export async function writing<T>(folder: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    const reason = systemReason(error)
    throw reason === undefined ? error : errors.FOLDER_UNWRITABLE({ folder, reason }, error)
  }
}

/** What an error of the file system says; `undefined` for any other, also one of the network, which has no path. */
function systemReason(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined
  if (!FILE_CALLS.test(String(error.syscall))) return undefined
  return WORDS.get(String(error.code)) ?? String(error.code)
}

const FILE_CALLS =
  /^(?:open|mkdir|write|fsync|rename|unlink|rmdir|rm|scandir|l?stat|chmod|utime|link|close|ftruncate)$/

const WORDS = new Map([
  ['ENOSPC', 'there is no space left'],
  ['EDQUOT', 'the quota is used up'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['EROFS', 'the file system is read-only'],
  ['ENOTDIR', 'a file is where a folder should be'],
  ['ENOENT', 'no folder can be made there'],
  ['EEXIST', 'a file is where a folder should be'],
])
