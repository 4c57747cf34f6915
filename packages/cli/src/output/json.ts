import { showJson } from '@wasm-plugin/runtime/text'
import type { Failure } from './failure.js'

/** Raised when a field changes its meaning or goes away; a new field does not raise it. */
const SCHEMA = 1

/** What `--json` writes at the end of a command that ran. `ok` is false when the answer is no. */
export function resultDocument(
  command: string,
  ok: boolean,
  result: unknown,
  layout: Layout = 'pages',
): string {
  return print({ schema: SCHEMA, command, ok, result }, layout)
}

/** The one document that `--json` writes for a command that failed; the last line of a command that goes on. */
export function failureDocument(
  command: string | undefined,
  { error, exitCode }: Failure,
  { layout = 'pages', beside = {} }: { layout?: Layout; beside?: Readonly<Record<string, unknown>> } = {},
): string {
  const head = { schema: SCHEMA, command: command ?? null, ok: false, exitCode, error: error.toJSON() }
  const document = { ...head, ...beside }
  return print(document, layout)
}

/** A line for one round of a command that goes on. */
export function roundDocument(command: string, round: DescribedRound): string {
  return print({ schema: SCHEMA, command, ...round }, 'lines')
}

/** A round whose error has a code. */
export type DescribedRound = { readonly ok: boolean; readonly changed: readonly string[] } & (
  | { readonly result: unknown }
  | { readonly error: unknown }
)

/** A document over several lines for people and programs, or each on one line for a program that reads on. */
export type Layout = 'pages' | 'lines'

/** Also a document may end up on a terminal. */
function print(document: unknown, layout: Layout = 'pages'): string {
  return showJson(JSON.stringify(document, toJsonValue, layout === 'pages' ? 2 : 0))
}

/** What JSON has no form for. Integers beyond 2^53 are strings, because readers would round them. */
function toJsonValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') {
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  }
  if (value instanceof Map) return Object.fromEntries(value)
  return value
}
