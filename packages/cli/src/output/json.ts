import type { Failure } from './failure.js'

/** Raised when a field changes its meaning or goes away; a new field does not raise it. */
const SCHEMA = 1

/** The one document that `--json` writes for a command that ran. `ok` is false when the answer is no. */
export function resultDocument(command: string, ok: boolean, result: unknown): string {
  return print({ schema: SCHEMA, command, ok, result })
}

/** The one document that `--json` writes for a command that failed. */
export function failureDocument(command: string | undefined, { error, exitCode }: Failure): string {
  return print({ schema: SCHEMA, command: command ?? null, ok: false, exitCode, error: error.toJSON() })
}

function print(document: unknown): string {
  return JSON.stringify(document, toJsonValue, 2)
}

/** What JSON has no form for. Integers beyond 2^53 are strings, because readers would round them. */
function toJsonValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') {
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  }
  if (value instanceof Map) return Object.fromEntries(value)
  return value
}
