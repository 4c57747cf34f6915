import { readFileSync } from 'node:fs'
import { posix, resolve } from 'node:path'
import type { PluginError } from '@wasm-plugin/runtime'
import type { Expectation } from '../../assemblyscript/export-scope.js'
import { errors } from '../../errors/index.js'
import type { RawDiagnostic } from './asc-messages.js'
import { type Circumstances, readable } from './messages.js'

const NO_EXPORTED_MEMBER = 2305
const NO_PROPERTY = 2339

/**
 * An error in the glue means that the author's code is not what the contract wants: says what is wanted, at the
 * author's line. Null for an error in generated code that is not the author's doing.
 */
export function blameAuthor(diagnostic: RawDiagnostic, at: Circumstances): PluginError | null {
  const expectation = expectationFor(diagnostic, at)
  if (expectation === undefined) return null
  const { name, wanted } = expectation
  const file = `${posix.join(at.generated, expectation.implementation)}.ts`
  if (diagnostic.code === NO_EXPORTED_MEMBER || diagnostic.code === NO_PROPERTY) {
    return errors.EXPORT_MISSING({ file, name, wanted })
  }
  const line = lineOfDeclaration(readFileSync(resolve(at.dir, file), 'utf8'), name)
  return errors.EXPORT_MISMATCH({ file, line, name, wanted, reason: readable(diagnostic.message) })
}

/** The core export whose code has the error; for an import of the glue, whoever needs what is imported. */
function expectationFor({ code, message, range }: RawDiagnostic, at: Circumstances): Expectation | undefined {
  const { expectations, files } = at.bindings
  if (code === NO_EXPORTED_MEMBER) {
    const member = /no exported member '(\w+)'/.exec(message)?.[1]
    return expectations.find(({ name }) => name === member || name.startsWith(`${member}.`))
  }
  if (range?.source.normalizedPath !== `${at.generated}/entry.ts`) return undefined
  const before = files.get('entry.ts')!.slice(0, range.start)
  const glue = [...before.matchAll(/^export function (\w+)\(/gm)].at(-1)?.[1]
  return expectations.find((expectation) => expectation.glue === glue)
}

/** 1-based line where `name` (`analyze`, `Counter.add`) is declared; its first mention if it is declared elsewhere. */
function lineOfDeclaration(text: string, name: string): number {
  const [owner = name, member] = name.split('.')
  const declared = new RegExp(`\\b(?:function|class|const|let|var)\\s+${owner}\\b`).exec(text)
  const start = declared?.index ?? Math.max(text.search(new RegExp(`\\b${owner}\\b`)), 0)
  const inside = member === undefined ? 0 : text.slice(start).search(new RegExp(`\\b${member}\\s*\\(`))
  return text.slice(0, start + Math.max(inside, 0)).split('\n').length
}
