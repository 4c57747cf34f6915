import { hostErrorTable } from '@wasm-plugin/embed'
import type { WireError } from '@wasm-plugin/embed/thread'
import { type ErrorRow, type Frame, runtimeErrorTable } from '@wasm-plugin/runtime/errors'
import { showLines } from '@wasm-plugin/runtime/text'
import { wasiErrorTable } from '@wasm-plugin/wasi'

/**
 * An error that the process of a plugin tells of, with texts that may be shown. Whoever has broken out there may say what
 * they like, but nothing that no plugin can come to, and nobody but the plugin is to blame for it that is not.
 *
 * @param told codes that the application has answered the plugin with, which passes them on
 * @throws what is no such error
 */
export function reportedError(error: WireError, told: ReadonlySet<string>): WireError {
  if (error.kind === 'plugin' && !told.has(error.code)) {
    const row = CODES.has(error.code) ? TABLE[error.code] : undefined
    if (row === undefined) throw new Error('no plugin can come to that')
    if (typeof row.origin === 'string' && row.origin !== error.origin) throw new Error('it blames another')
  }
  return shown(error, MAX_CAUSES)
}

// biome-ignore lint/suspicious/noExplicitAny: whatever the facts of a code are.
const TABLE: Readonly<Record<string, ErrorRow<any>>> = Object.assign(Object.create(null), {
  ...runtimeErrorTable,
  ...wasiErrorTable,
  ...hostErrorTable,
})

/** What is thrown where plugins run: a test compares. */
export const CODES: ReadonlySet<string> = new Set([
  ...[
    'ABI_TRAP',
    'ASYNC_UNSUPPORTED',
    'CANNOT_ENTER',
    'CANNOT_SUSPEND',
    'GUEST_TRAP',
    'HOST_FUNCTION_FAILED',
  ],
  ...['INVALID_CORE_MODULE', 'LIMIT_EXCEEDED', 'LINK_FAILED', 'MACHINE_OUT_OF_MEMORY', 'MISSING_IMPORT'],
  ...['NO_CONSTRUCTOR', 'OUT_OF_FUEL', 'RESOURCE_DROPPED', 'STACK_EXHAUSTED', 'TYPE_MISMATCH'],
  ...['SNAPSHOT_REFUSED', 'SNAPSHOT_UNSUPPORTED', 'SNAPSHOT_UNUSABLE'],
  ...['UNSUPPORTED_FEATURE', 'VALUE_TOO_LARGE', 'WRONG_IMPORT'],
  ...['PLUGIN_EXITED', 'POLL_NOTHING', 'WAIT_NOT_ALLOWED', 'WASI_LIMIT'],
  ...['MEMORY_EXHAUSTED', 'RESOURCE_UNREACHABLE', 'UNKNOWN_EXPORT', 'WORKER_CRASHED'],
])

/** As many as are sent. */
const MAX_CAUSES = 8
/** Many times those that are told. */
const MAX_FRAMES = 1_000
/** Characters of a text. */
const MAX_TEXT = 64 << 10
const CODE = /^[A-Z][A-Z0-9_]{0,63}$/
const ORIGINS: readonly unknown[] = ['app', 'plugin', 'host']

function shown(error: WireError, causes: number): WireError {
  const message = text(error.message)
  if (error.kind === 'component') return { kind: 'component', payload: error.payload, message }
  if (error.kind === 'other')
    return { kind: 'other', message, ...(error.stack !== undefined && { stack: text(error.stack) }) }
  const { kind, code, hint, origin, data, frames, cause } = error
  if (kind !== 'plugin' || typeof code !== 'string' || !CODE.test(code)) throw new Error('it has no code')
  if (!ORIGINS.includes(origin) || typeof data !== 'object' || data === null) throw new Error('it is none')
  if (cause !== undefined && causes === 0) throw new Error('its causes are too many')
  return {
    ...{ kind, code, message, hint: text(hint), origin, data },
    ...(frames !== undefined && { frames: framesOf(frames) }),
    ...(cause !== undefined && { cause: shown(cause, causes - 1) }),
  }
}

function framesOf(frames: readonly Frame[]): readonly Frame[] {
  if (!Array.isArray(frames) || frames.length > MAX_FRAMES) throw new Error('they are no frames')
  return frames.map(({ function: name, file, line, column, language }: Frame) => ({
    function: name === null ? null : text(name),
    file: file === null ? null : text(file),
    line: number(line),
    column: number(column),
    language: language === null ? null : text(language),
  }))
}

function number(value: unknown): number | null {
  if (value !== null && !Number.isSafeInteger(value)) throw new Error('it is no number')
  return value as number | null
}

function text(value: unknown): string {
  if (typeof value !== 'string' || value.length > MAX_TEXT) throw new Error('it is no text')
  return showLines(value)
}
