import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PluginError } from '@wasm-plugin/runtime'
import { errors } from '../../errors/index.js'
import { GENERATED } from './sources.js'

export interface LinkCircumstances {
  readonly dir: string
  readonly language: string
  /** Where the author is told to add what is missing. */
  readonly entry: string
  /** The author's files. */
  readonly sources: readonly string[]
  /** Text of the generated header. */
  readonly header: string
}

/** The coded error for objects that do not link, most often because the author has not written an export. */
export function explainLink(said: string, at: LinkCircumstances): PluginError {
  const undefinedSymbols = [...said.matchAll(/error: (.+?)(?:\(.*\))?: undefined symbol: (.+)$/gm)]
  const wanted = undefinedSymbols.find(([, object = '']) => object.startsWith(`${GENERATED}/`))
  if (wanted !== undefined) return unwritten(wanted[2] ?? '', at)
  const [first] = undefinedSymbols
  const reason =
    first === undefined
      ? (/error: (.*)$/m.exec(said)?.[1] ?? 'the linker failed')
      : `${first[2]} is not defined anywhere`
  const file = first?.[1]?.replace(/\.o$/, '')
  const place = file === undefined ? {} : (placeOf(at, [file], baseName(first?.[2] ?? '')) ?? { file })
  const count = Math.max(1, undefinedSymbols.length)
  return errors.COMPILE_FAILED({ language: at.language, ...place, reason, count, output: said })
}

/** A definition in C that includes no header can have any signature; the linker only warns of another. */
export function mismatchIn(said: string, at: LinkCircumstances): PluginError | null {
  for (const [, name = ''] of said.matchAll(/warning: function signature mismatch: (\w+)$/gm)) {
    const wanted = declarationOf(name, at.header)
    const place = placeOf(at, at.sources, name)
    if (wanted !== null && place !== null) {
      const reason = 'its parameters or its result are others'
      return errors.EXPORT_MISMATCH({ ...place, name, wanted, reason })
    }
  }
  return null
}

/** In C++ a function of the same name with other parameters is another function. */
function unwritten(symbol: string, at: LinkCircumstances): PluginError {
  const name = baseName(symbol)
  const wanted = declarationOf(name, at.header) ?? symbol
  const place = symbol.includes('(') ? placeOf(at, at.sources, name) : null
  if (place === null)
    return errors.EXPORT_MISSING({ file: at.entry, name: symbol.replace(/\(.*$/, ''), wanted })
  const reason = 'its parameters are others'
  return errors.EXPORT_MISMATCH({ ...place, name, wanted, reason })
}

/** `exports::acme::site::render::Render(…)` → `Render` */
function baseName(symbol: string): string {
  return symbol.replace(/\(.*$/, '').split('::').at(-1) ?? symbol
}

function declarationOf(name: string, header: string): string | null {
  const line = header.split('\n').find((row) => row.includes(` ${name}(`) && row.trimEnd().endsWith(';'))
  return line === undefined ? null : line.trim().replace(/;$/, '')
}

/** Where the author's files have a function of that name. */
function placeOf(
  at: LinkCircumstances,
  files: readonly string[],
  name: string,
): { file: string; line: number } | null {
  const use = new RegExp(`\\b${name.replace(/[^\w]/g, '\\$&')}\\s*\\(`)
  for (const file of files) {
    const line = textOf(join(at.dir, file))
      .split('\n')
      .findIndex((row) => use.test(row))
    if (line >= 0) return { file, line: line + 1 }
  }
  return null
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
