import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { PluginError } from '@wasm-plugin/runtime'
import type { AssemblyScriptBindings } from '../../assemblyscript/generate.js'
import { errors } from '../../errors/index.js'
import type { RawDiagnostic, RawRange } from './asc.js'

interface Circumstances {
  readonly dir: string
  /** Folder of the generated files, relative to `dir`. */
  readonly generated: string
  readonly bindings: AssemblyScriptBindings
  /** Everything that the compiler printed. */
  readonly output: string
  readonly error: Error | null
}

/** Turns the compiler's errors into one coded error at the author's line; the rest is in its `data`. */
export function explainDiagnostics(diagnostics: readonly RawDiagnostic[], at: Circumstances): PluginError {
  const failures = diagnostics.filter((d) => d.category === 3)
  const output = [...diagnostics.map((d) => formatDiagnostic(d, at.dir)), at.output].join('\n')
  const first = failures.find((d) => d.range !== null && !isGenerated(d.range, at)) ?? failures[0]
  if (first === undefined) {
    const reason = at.error?.message ?? 'the compiler wrote no module'
    return errors.COMPILE_FAILED({ language: 'AssemblyScript', reason, count: 1, output }, at.error)
  }
  const place = first.range === null ? {} : placeOf(first.range, at.dir)
  const reason = `${first.message} (AS${first.code})`
  return errors.COMPILE_FAILED({
    language: 'AssemblyScript',
    ...place,
    reason,
    count: failures.length,
    output,
  })
}

export function formatDiagnostic(diagnostic: RawDiagnostic, dir: string): string {
  const place = diagnostic.range === null ? null : placeOf(diagnostic.range, dir)
  const prefix = place === null ? '' : `${place.file}:${place.line}:${place.column}: `
  return `${prefix}${diagnostic.message} (AS${diagnostic.code})`
}

function isGenerated(range: RawRange, { generated }: Circumstances): boolean {
  return range.source.normalizedPath.startsWith(`${generated}/`)
}

/** Line and column are 1-based; the compiler gives offsets. A library file of the compiler has no line. */
function placeOf({ source, start }: RawRange, dir: string): { file: string; line?: number; column?: number } {
  const file = source.normalizedPath
  let text: string
  try {
    text = readFileSync(resolve(dir, file), 'utf8')
  } catch {
    return { file }
  }
  const before = text.slice(0, start).split('\n')
  return { file, line: before.length, column: before.at(-1)!.length + 1 }
}
