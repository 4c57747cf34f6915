import { PluginError, errors as runtimeErrors } from '@wasm-plugin/runtime'

/**
 * A trap with the lines that the plugin wrote to stderr last: a panic of Rust, a failed assertion or an uncaught
 * exception says there what happened and where, and the trap itself says only `unreachable`. Any other error as it is.
 */
export function withLastWords(error: unknown, lastWords: () => readonly string[]): unknown {
  if (!PluginError.is(error, 'GUEST_TRAP')) return error
  const stderr = lastWords()
  if (stderr.length === 0) return error
  return runtimeErrors.GUEST_TRAP({ reason: String(error.data.reason), stderr }, error.cause)
}
