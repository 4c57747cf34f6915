import { PluginError } from '@wasm-plugin/runtime'
import { errors as runtimeErrors } from '@wasm-plugin/runtime/internal'

/**
 * A trap with the first and the last lines that the plugin wrote to stderr: a panic of Rust, a failed assertion or an uncaught
 * exception says there what happened and where, and the trap itself says only `unreachable`. Any other error as it is.
 */
export function withLastWords(error: unknown, lastWords: () => readonly string[]): unknown {
  if (!PluginError.is(error, 'GUEST_TRAP')) return error
  const stderr = withoutNoise(lastWords())
  if (stderr.length === 0) return error
  return runtimeErrors.GUEST_TRAP({ reason: String(error.data.reason), stderr }, error.cause)
}

/** Advice for other surroundings, and where an interpreter says that the program ended, once the program has said it. */
function withoutNoise(lines: readonly string[]): readonly string[] {
  const traced = lines.includes('Traceback (most recent call last):')
  return lines.filter((line, i) => {
    if (line.startsWith('note: run with `RUST_BACKTRACE=')) return false
    return !traced || ![line, lines[i - 1] ?? ''].some((text) => /^thread '.*' .*panicked at /.test(text))
  })
}
