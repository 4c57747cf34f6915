import type { Access } from './accesses.js'

/** What `--json` prints. */
export interface Summary {
  readonly schema: 1
  readonly documents: number
  readonly plugins: readonly { name: string; digest: string; language: string; calls: number; ms: number }[]
  readonly denials: readonly { plugin: string; capability: string; target: string }[]
}

export interface Totals {
  readonly site: string
  readonly bytesIn: number
  readonly bytesOut: number
  readonly ms: number
  readonly allowed: readonly Access[]
  readonly denied: readonly Access[]
}

/** The same for people. */
export function summaryText(summary: Summary, totals: Totals): string {
  const { site, bytesIn, bytesOut, ms, allowed, denied } = totals
  const plugins = summary.plugins.map(({ name, language, calls, ms }) => [
    name,
    language,
    `${calls} calls`,
    `${ms.toFixed(0)} ms`,
    `${(ms / Math.max(1, calls)).toFixed(2)} ms each`,
  ])
  return [
    `${summary.documents} documents, ${kilobytes(bytesIn)} of Markdown to ${kilobytes(bytesOut)} of HTML in ${(ms / 1000).toFixed(1)} s`,
    '',
    'Plugins',
    ...table(plugins),
    '',
    'Granted and used',
    ...table(allowed.map(cells)),
    '',
    'Denied',
    ...table(denied.map(cells)),
    '',
    `Open ${site}/index.html`,
  ].join('\n')
}

function cells({ plugin, capability, operation, target }: Access): string[] {
  return [plugin, capability, operation, target]
}

function table(rows: readonly string[][]): string[] {
  if (rows.length === 0) return ['  nothing']
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd(),
  )
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000).toLocaleString('en')} kB`
}
