import { failures } from '../errors/index.js'

/** Why a file of routes cannot be read. */
export function unreadable(error: NodeJS.ErrnoException, file: string): Error {
  const what = 'the file of routes'
  if (error.code === 'ENOENT') return failures.PATH_NOT_FOUND({ path: file, what })
  if (error.code === 'EISDIR') return failures.NOT_A_FILE({ path: file, what })
  return failures.PATH_UNREADABLE({ path: file, what, reason: error.code ?? 'UNKNOWN' })
}
