import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { PluginError } from '@wasm-plugin/runtime'
import { needsOf } from '../../assemblyscript/standard.js'
import { errors } from '../../errors/index.js'
import type { RawDiagnostic, RawRange } from './asc-messages.js'
import { blameAuthor } from './blame.js'
import { hintFor } from './hints.js'
import { type Circumstances, readable } from './messages.js'

/** Turns the compiler's errors into one coded error at the author's line; the rest is in its `data`. */
export function explainDiagnostics(diagnostics: readonly RawDiagnostic[], at: Circumstances): PluginError {
  const failures = diagnostics.filter((d) => d.category === ERROR)
  const output = [...diagnostics.map((d) => formatDiagnostic(d, at.dir)), at.output].join('\n')
  const own = failures.find((d) => d.range !== null && !isGenerated(d.range, at))
  const first = own ?? failures[0]
  if (first === undefined) {
    const reason = at.error ?? 'the compiler wrote no module'
    return errors.COMPILE_FAILED({ language: 'AssemblyScript', reason, count: 1, output })
  }
  const blamed = own === undefined ? blameAuthor(first, at) : null
  if (blamed !== null) return blamed
  const place = first.range === null ? {} : placeOf(first.range, at.dir)
  const lacks = missingInterface(first, at)
  const fix = lacks === null ? hintFor(readable(first.message), lineOf(first.range, at.dir)) : null
  return errors.COMPILE_FAILED({
    language: 'AssemblyScript',
    ...place,
    reason: lacks ?? `${readable(first.message)} (AS${first.code})`,
    ...(fix === null ? {} : { fix }),
    count: failures.length,
    output,
  })
}

export function formatDiagnostic(diagnostic: RawDiagnostic, dir: string): string {
  const place = diagnostic.range === null ? null : placeOf(diagnostic.range, dir)
  const prefix = place === null ? '' : `${place.file}:${place.line}:${place.column}: `
  return `${prefix}${readable(diagnostic.message)} (AS${diagnostic.code})`
}

const ERROR = 3
const FILE_NOT_FOUND = 6054

/** An import of bindings that do not exist means that the world lacks the interface behind them. */
function missingInterface({ code, message }: RawDiagnostic, { generated }: Circumstances): string | null {
  const path = /File '(.+)\.ts' not found/.exec(message)?.[1]
  if (code !== FILE_NOT_FOUND || path === undefined || !path.startsWith(`${generated}/`)) return null
  const module = path.slice(generated.length + 1)
  const needed = module.startsWith('std/') ? needsOf(module) : module.replace('-', ':')
  return needed === '' ? null : `${module} needs ${needed}, which the world does not import`
}

function isGenerated(range: RawRange, { generated }: Circumstances): boolean {
  return range.source.normalizedPath.startsWith(`${generated}/`)
}

/** Line and column are 1-based; the compiler gives offsets. A library file of the compiler has no line. */
function placeOf({ source, start }: RawRange, dir: string): { file: string; line?: number; column?: number } {
  const file = source.normalizedPath
  const text = textOf(source, dir)
  if (text === null) return { file }
  const before = text.slice(0, start).split('\n')
  return { file, line: before.length, column: before.at(-1)!.length + 1 }
}

/** The text of the line in which a range starts; empty when there is none. */
function lineOf(range: RawRange | null, dir: string): string {
  const text = range === null ? null : textOf(range.source, dir)
  if (range === null || text === null) return ''
  const start = text.lastIndexOf('\n', range.start - 1) + 1
  return text.slice(start).split('\n', 1)[0]!
}

function textOf({ normalizedPath }: RawRange['source'], dir: string): string | null {
  try {
    return readFileSync(resolve(dir, normalizedPath), 'utf8')
  } catch {
    return null
  }
}
