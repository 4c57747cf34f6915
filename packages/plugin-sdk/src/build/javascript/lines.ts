import type { SourceMap } from 'node:module'

/** Which author's line each line of a bundle comes from, as runs of lines that follow each other in both. */
export interface LineTable {
  readonly files: readonly string[]
  /** First line of the bundle, index of the file (-1: none of the author's), first line in it; all 1-based. */
  readonly runs: readonly (readonly [bundle: number, file: number, line: number])[]
}

/** @param shown path to show for a source of the map, or null for one that is not the author's */
export function lineTable(map: SourceMap, code: string, shown: (source: string) => string | null): LineTable {
  const files: string[] = []
  const runs: [number, number, number][] = []
  const rows = code.split('\n')
  for (const [i, row] of rows.entries()) {
    const entry = map.findEntry(i, row.length - row.trimStart().length)
    const path = 'originalSource' in entry ? shown(entry.originalSource) : null
    const file = path === null ? -1 : indexIn(files, path)
    const line = path === null || !('originalLine' in entry) ? 0 : entry.originalLine + 1
    const last = runs.at(-1)
    const follows = last !== undefined && last[1] === file && (file < 0 || last[2] + i + 1 - last[0] === line)
    if (!follows) runs.push([i + 1, file, line])
  }
  return { files, runs }
}

/** The author's file and line of a line of the bundle. */
export function placeOf({ files, runs }: LineTable, line: number): { file: string; line: number } | null {
  const run = runs.findLast(([first]) => first <= line)
  return run === undefined || run[1] < 0 ? null : { file: files[run[1]]!, line: run[2] + line - run[0] }
}

function indexIn(files: string[], path: string): number {
  const found = files.indexOf(path)
  return found >= 0 ? found : files.push(path) - 1
}
