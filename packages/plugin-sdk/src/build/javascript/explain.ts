import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PluginError } from '@wasm-plugin/runtime'
import { errors } from '../../errors/index.js'
import { printFunction } from '../../wit/print.js'
import { scopesOf } from '../../world/scopes.js'
import type { World } from '../../world/world.js'
import { type LineTable, placeOf } from './lines.js'

export interface Project {
  readonly dir: string
  readonly entry: string
  readonly language: string
  readonly world: World
}

/** What the engine said about a program that it could not start, as a coded error at the author's line. */
export function explainEngineFailure(said: string, project: Project, lines: LineTable): PluginError {
  const missing = /wasm-plugin:missing (.*?) wasm-plugin:end/.exec(said)?.[1]
  if (missing !== undefined) return explainMissing(parseMissing(missing), project)
  const place = placeInStack(said, lines)
  const reason = reasonIn(said)
  return errors.COMPILE_FAILED({
    language: project.language,
    ...place,
    reason: place === null ? reason : `the module fails as it starts: ${reason}`,
    count: 1,
    output: said,
  })
}

export interface MissingExport {
  readonly path: readonly string[]
  /** Names that are there beside it. */
  readonly found: readonly string[]
}

export function explainMissing([first, ...more]: readonly MissingExport[], project: Project): PluginError {
  const { path, found } = first ?? { path: [], found: [] }
  const shown = path.filter((name) => name !== 'prototype')
  const close = found.find((name) => sameLetters(name, path.at(-1) ?? ''))
  const line = close === undefined ? undefined : lineOf(project, close)
  const name = shown.join('.')
  return errors.EXPORT_MISSING({
    file: project.entry,
    ...(line === undefined ? {} : { line }),
    ...(close === undefined ? {} : { found: [...shown.slice(0, -1), close].join('.') }),
    name: more.length === 0 ? name : `${name} (and ${more.length} more)`,
    wanted: wantedText(project.world, shown),
  })
}

function parseMissing(text: string): MissingExport[] {
  try {
    return JSON.parse(text.replaceAll('\\"', '"')) as MissingExport[]
  } catch {
    return []
  }
}

/** The WIT of what is missing: a function, or the whole interface. */
function wantedText(world: World, path: readonly string[]): string {
  const scope = scopesOf(world, 'export').find(({ local, isWorld }) =>
    isWorld ? path.length === 1 : local === path[0],
  )
  if (scope === undefined) return path.join('.')
  const own = path.slice(scope.isWorld ? 0 : 1)
  const functions = [...scope.functions, ...scope.resources.flatMap(({ members }) => members)]
  const wanted =
    own.length === 0
      ? functions
      : functions.filter(({ name, wit }) => name === own.at(-1) && (own.length === 1 || wit.includes('.')))
  const text = wanted
    .map(({ wit, type }) => printFunction(wit, type, (t) => world.names.get(t)?.name))
    .join('\n  ')
  return text === '' ? `the class ${path.join('.')}` : text
}

function placeInStack(said: string, lines: LineTable): { file: string; line: number } | null {
  for (const [, line] of said.matchAll(/plugin\.js:(\d+)/g)) {
    const place = placeOf(lines, Number(line))
    if (place !== null) return place
  }
  return null
}

function reasonIn(said: string): string {
  const message =
    /Exception while evaluating top-level script\s*\n?(.*)/.exec(said)?.[1] ??
    /message: Some\("((?:[^"\\]|\\.)*)"\)/.exec(said)?.[1] ??
    /^(?:.*: )?(\w*Error: .*)$/m.exec(said)?.[1]
  return (message ?? said.trim().split('\n')[0] ?? said).trim()
}

/** 1-based line of the first mention of a name in the entry file. */
function lineOf({ dir, entry }: Project, name: string): number | undefined {
  const rows = readFileSync(join(dir, entry), 'utf8').split('\n')
  const at = rows.findIndex((row) => new RegExp(`\\b${name.replace(/\W/g, '\\$&')}\\b`).test(row))
  return at < 0 ? undefined : at + 1
}

/** `Render` and `render_page` are meant as `render` and `renderPage`, and one letter may be wrong. */
function sameLetters(a: string, b: string): boolean {
  const [x, y] = [a, b].map((text) => text.toLowerCase().replace(/[_-]/g, ''))
  if (x === y) return true
  return Math.abs(x!.length - y!.length) <= 1 && distance(x!, y!) <= 2
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row.at(-1)!
}
