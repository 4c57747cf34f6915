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
