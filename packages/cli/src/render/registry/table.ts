import type { Style } from '../../output/style.js'

/** Columns as wide as their widest cells, below their names. Every text in it has to be ready to be shown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], style: Style): string[] {
  const widths = head.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return [style.bold(line(head)), ...rows.map(line)]
}
