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
  const undefinedSymbols = [...said.matchAll(/error: (.+?)(?:\(.*\))?: undefined symbol: (.+)$/gm)].map(
    ([, object = '', symbol = '']) => ({ file: object.replace(/\.o$/, ''), symbol }),
  )
  const wanted = undefinedSymbols.find(({ file }) => file.startsWith(`${GENERATED}/`))
  if (wanted !== undefined) return unwritten(wanted.symbol, at)
  // A missing table follows from a missing function, where there is one.
  const first = undefinedSymbols.find(({ symbol }) => !TABLE.test(symbol)) ?? undefinedSymbols[0]
  if (first === undefined) return explainOther(said, at)
  const { file, symbol } = first
  const place = placeOf(at, [file], baseName(symbol)) ?? { file }
  const reason = `${symbol} is not defined anywhere${whyUndefined(symbol)}`
  const count = undefinedSymbols.length
  return errors.COMPILE_FAILED({ language: at.language, ...place, reason, count, output: said })
}

/** What a class with virtual functions has, beside the first of them that has a body. */
const TABLE = /^(vtable|typeinfo|typeinfo name) for /

function whyUndefined(symbol: string): string {
  if (TABLE.test(symbol)) return ': a virtual function of it has no body'
  if (/^(__cxa_(throw|allocate_exception|begin_catch)|_Unwind_)/.test(symbol))
    return ': the C++ library is one without exceptions'
  return ''
}

/** Everything but symbols that are nowhere; most often one that is there twice. */
function explainOther(said: string, at: LinkCircumstances): PluginError {
  const twice = /error: duplicate symbol: (.+)\n>>> defined in (.+)\n>>> defined in (.+)$/m.exec(said)
  if (twice === null) {
    const reason = /error: (.*)$/m.exec(said)?.[1] ?? 'the linker failed'
    return errors.COMPILE_FAILED({ language: at.language, reason, count: 1, output: said })
  }
  const [, symbol = '', ...objects] = twice
  const files = objects.map((object) => object.replace(/\.o$/, ''))
  const [file = '', other = ''] = at.sources.includes(files[1] ?? '') ? files.reverse() : files
  const place = placeOf(at, [file], baseName(symbol)) ?? { file }
  const reason = `${symbol} is defined in ${other} too`
  return errors.COMPILE_FAILED({ language: at.language, ...place, reason, count: 1, output: said })
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
  if (place === null) {
    const misspelt = misspeltExport(at)
    return errors.EXPORT_MISSING({ file: at.entry, ...misspelt, name: symbol.replace(/\(.*$/, ''), wanted })
  }
  const scope = symbol.replace(/\(.*$/, '').split('::').slice(0, -1)
  const reason = isIn(scope, textOf(join(at.dir, place.file)))
    ? 'its parameters are others'
    : `it is not in the namespace ${scope.join('::')}`
  return errors.EXPORT_MISMATCH({ ...place, name, wanted, reason })
}

/** Whether a source opens the innermost namespace, or names it in front of what it defines. */
function isIn(scope: readonly string[], text: string): boolean {
  const name = scope.at(-1) ?? ''
  return new RegExp(`namespace\\s[\\s\\w:]*\\b${name}\\s*\\{|\\b${name}::`).test(text)
}

/** A function in C whose name is made as those of exports are, and that no contract asks for. */
function misspeltExport({ dir, sources, header }: LinkCircumstances) {
  for (const file of sources) {
    const rows = textOf(join(dir, file)).split('\n')
    for (const [index, row] of rows.entries()) {
      const found = /^\w[\w\s*]*\b(exports_\w+)\s*\(/.exec(row)?.[1]
      if (found !== undefined && !header.includes(` ${found}(`)) return { file, line: index + 1, found }
    }
  }
  return {}
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
