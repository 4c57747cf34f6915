import type { Change } from '@wasm-plugin/registry'
import type { Rendering } from '../../command.js'
import type { Style } from '../../output/style.js'
import { table } from './table.js'

export interface OutdatedRow {
  readonly kind: 'plugin' | 'wit'
  readonly name: string
  readonly version: string
  readonly wanted: string
  readonly newest: string
  readonly changes: readonly Change[]
  readonly error: RowError | null
}

/** Why nothing is known of one row; the others are known all the same. */
export interface RowError {
  readonly code: string
  readonly message: string
  /** More lines of it. */
  readonly reasons: readonly string[]
}

/** As it stands below the name of its row. */
export function errorLines({ code, message, reasons }: RowError, style: Style): string[] {
  return [`${style.red(code)} ${message}`, ...reasons.map((reason) => `    ${reason}`)]
}

export interface OutdatedResult {
  readonly plugins: readonly OutdatedRow[]
}

export function renderOutdated({ plugins }: OutdatedResult, { out }: { readonly out: Style }): Rendering {
  const rows = plugins.filter(isNews)
  if (rows.length === 0) return { stderr: 'Everything that is installed is the newest of its range.' }
  const lines = table(
    ['package', 'installed', 'wanted', 'newest'],
    rows.map(({ kind, name, version, wanted, newest }) => [
      ...[kind === 'wit' ? `WIT ${name}` : name, version, wanted, newest],
    ]),
    out,
  )
  const notes = rows.flatMap(({ name, changes, error }) => [
    ...changes.map(({ text }) => `  ${name}: ${text}`),
    ...(error === null ? [] : [`  ${name}: ${errorLines(error, out).join('\n')}`]),
  ])
  return { stdout: [...lines, ...(notes.length === 0 ? [] : ['', ...notes])].join('\n') }
}

export function isNews({ version, wanted, newest, error }: OutdatedRow): boolean {
  return error !== null || wanted !== version || newest !== version
}
