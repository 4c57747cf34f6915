import { errors } from '../errors/index.js'

/**
 * What `write` answers, which writes to `path` or below it.
 *
 * @throws {OUTPUT_UNWRITABLE} the system refuses it
 */
export function writing<T>(path: string, write: () => T): T {
  try {
    return write()
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    const reason = 'code' in error ? String(error.code) : error.message
    throw errors.OUTPUT_UNWRITABLE({ path, reason }, error)
  }
}
