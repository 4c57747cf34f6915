import type { PluginError } from '@wasm-plugin/runtime/errors'
import { failures } from './failures.js'

/**
 * An error of `node:fs` as a coded error, or the value unchanged when it is something else.
 * `what` names the file's part in the command: "the plugin", "the WIT".
 */
export function fromSystemError(error: unknown, path: string, what: string): unknown {
  const code = systemCode(error)
  if (code === undefined) return error
  return toCoded(code, { path, what }, error)
}

/** An error of the machine and not of the command, as a full disk is, as a coded error; undefined for any other. */
export function refusedBySystem(error: unknown): PluginError | undefined {
  const code = systemCode(error)
  if (code === undefined || !OF_THE_MACHINE.has(code)) return undefined
  return failures.SYSTEM_REFUSED({ reason: (error as Error).message }, error)
}

const OF_THE_MACHINE = new Set(
  'EACCES EPERM EROFS ENOSPC EDQUOT EFBIG EIO EMFILE ENFILE ENOMEM EAGAIN'.split(' '),
)

function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

function toCoded(code: string, file: { path: string; what: string }, cause: unknown): PluginError {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return failures.PATH_NOT_FOUND(file, cause)
    case 'EISDIR':
      return failures.NOT_A_FILE(file, cause)
    default:
      return failures.PATH_UNREADABLE({ ...file, reason: code }, cause)
  }
}
