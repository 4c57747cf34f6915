import { readFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import type { PluginError } from '@wasm-plugin/runtime'
import { errors } from '../../errors/index.js'
import { GENERATED } from './sources.js'

export interface Diagnostic {
  readonly severity: 'error' | 'warning' | 'note'
  readonly file: string
  /** 1-based. */
  readonly line: number
  readonly column: number
  readonly message: string
  /** As the compiler prints it, with the source line. */
  readonly rendered: string
  /** The lines that include the file, from the outside in. */
  readonly includedFrom: readonly Place[]
}

interface Place {
  readonly file: string
  readonly line: number
}

/** What a compiler of the family of clang prints: `src/a.c:3:5: error: …`, then the source line and marks below it. */
export function parseDiagnostics(said: string): Diagnostic[] {
  const found: { head: RegExpExecArray; lines: string[]; includedFrom: readonly Place[] }[] = []
  let includedFrom: Place[] = []
  for (const line of said.split('\n')) {
    const head = /^(?!\s)(.+?):(\d+):(\d+): (fatal error|error|warning|note): (.*)$/.exec(line)
    const include = /^In file included from (.+):(\d+):$/.exec(line)
    if (head !== null) found.push({ head, lines: [line], includedFrom })
    else if (/^\s+\d*\s*\|/.test(line)) found.at(-1)?.lines.push(line)
    if (include !== null) includedFrom.push({ file: pathOf(include[1]!), line: Number(include[2]) })
    else includedFrom = []
  }
  return found.map(({ head: [, file = '', line, column, severity = '', message = ''], ...more }) => ({
    severity: severity.replace('fatal ', '') as Diagnostic['severity'],
    file: pathOf(file),
    line: Number(line),
    column: Number(column),
    message,
    rendered: more.lines.join('\n'),
    includedFrom: more.includedFrom,
  }))
}

function pathOf(text: string): string {
  return text.replace(/^\.\//, '')
}

export function warningsIn(said: string): string[] {
  return parseDiagnostics(said)
    .filter(({ severity }) => severity === 'warning')
    .map(({ rendered }) => rendered)
}

/** The coded error for a source that the compiler refused: the first mistake in it, at its line. */
export function explainCompile(dir: string, language: string, said: string): PluginError {
  const diagnostics = parseDiagnostics(said)
  const failures = diagnostics.filter(({ severity }) => severity === 'error')
  const first = failures.find(({ file }) => isAuthors(file)) ?? failures[0]
  if (first === undefined) {
    const reason = /error: (.*)$/m.exec(said)?.[1] ?? 'the compiler failed'
    return errors.COMPILE_FAILED({ language, reason, count: 1, output: said })
  }
  const mismatch = contradiction(dir, first, diagnostics)
  if (mismatch !== null) return mismatch
  const { file, line, column, message } = first
  const cause = isAuthors(file) ? null : causeOf(first, diagnostics)
  const place = cause ?? { file, line, column }
  const reason = cause === null ? message : `${message} (in ${file}:${line})`
  return errors.COMPILE_FAILED({ language, ...place, reason, count: failures.length, output: said })
}

/** The author's line that a mistake in a header of others comes from: what uses its template, or includes it. */
function causeOf(error: Diagnostic, all: readonly Diagnostic[]): Place | null {
  const after = all.slice(all.indexOf(error) + 1)
  const end = after.findIndex(({ severity }) => severity !== 'note')
  const notes = end < 0 ? after : after.slice(0, end)
  const use = notes.find(({ file, message }) => isAuthors(file) && message.includes('requested here'))
  const place = use ?? error.includedFrom.findLast(({ file }) => isAuthors(file))
  return place === undefined ? null : { file: place.file, line: place.line }
}

/** A definition that contradicts the declaration in the generated header, which the next note points at. */
function contradiction(dir: string, error: Diagnostic, all: readonly Diagnostic[]): PluginError | null {
  const note = all.slice(all.indexOf(error) + 1).find(({ severity }) => severity !== 'warning')
  if (note?.severity !== 'note' || !isGenerated(note.file)) return null
  // `declared here` alone is where a misspelt name in a call may come from.
  const isDefinition = /conflicting types|does not match any declaration/.test(error.message)
  if (!isDefinition && !note.message.includes('previous declaration')) return null
  const wanted = lineOf(join(dir, note.file), note.line)
  const name = /([\w~]+)\s*\([^()]*(?:\([^()]*\)[^()]*)*\)[^()]*$/.exec(wanted)?.[1]
  if (name === undefined) return null
  const { file, line, message } = error
  return errors.EXPORT_MISMATCH({ file, line, name, wanted, reason: message })
}

function isAuthors(file: string): boolean {
  return !isGenerated(file) && !isAbsolute(file)
}

function isGenerated(file: string): boolean {
  return file.startsWith(`${GENERATED}/`)
}

function lineOf(path: string, line: number): string {
  return readFileSync(path, 'utf8').split('\n')[line - 1]?.trim().replace(/;$/, '') ?? ''
}
