import type { PluginError } from '@wasm-plugin/runtime'
import type { CheckedComponent } from '@wasm-plugin/runtime/internal'
import { compareWithWorld } from '../../compare/compare.js'
import { describeDifference } from '../../compare/describe.js'
import { errors } from '../../errors/index.js'
import { readExports } from '../../wasm/exports.js'
import { readSections } from '../../wasm/sections.js'
import { printSignature, readFunctions } from '../../wasm/signatures.js'
import type { World } from '../../world/world.js'
import { lineOfFunction } from './functions.js'

/** What the author wrote. */
export interface WatSource {
  readonly file: string
  readonly text: string
}

/**
 * A core module exports every function of its world.
 *
 * @param dummy a core module with the signatures of the world
 * @throws {EXPORT_MISSING} with the signature
 */
export function refuseMissing(core: Uint8Array, dummy: Uint8Array, source: WatSource): void {
  const names = exportsOf(core)
  for (const [name, signature] of readFunctions(dummy).exports) {
    if (OPTIONAL.test(name) || names.includes(name)) continue
    const found = names.find((other) => memberOf(other) === memberOf(name))
    const near = found === undefined ? {} : { found: quoted(found), ...lineOf(source, found) }
    const wanted = `(func (export ${quoted(name)})${printSignature(signature)})`
    throw errors.EXPORT_MISSING({ file: source.file, ...near, name: quoted(name), wanted })
  }
}

const EXPORT_SECTION = 7

function exportsOf(core: Uint8Array): string[] {
  const section = readSections(core).find(({ id }) => id === EXPORT_SECTION)
  return section === undefined ? [] : readExports(section.body).map(({ name }) => name)
}

/** What a world can do without: cleaning up, starting, and memory where nothing needs it, which the encoder knows. */
const OPTIONAL = /^cabi_|^_initialize$|#\[dtor\]/

/** `acme:site/render@0.1.0#render` → `render` */
const memberOf = (name: string) => name.split('#').at(-1)

const quoted = (name: string) => JSON.stringify(name)

/** The coded error for a core module of which no component can be made. */
export function explainModule(reason: string, core: Uint8Array, source: WatSource): PluginError {
  const { file } = source
  const said = reason.replace(/^failed to decode world from module: (?:module was not valid: )?/, '')
  const [, name = '', wanted = '', found = ''] =
    /^failed to classify export `(.*?)`: .*expected `(.*)` but found `(.*)`$/.exec(said) ?? []
  if (name !== '') {
    const { line = 1 } = lineOf(source, name)
    const text = `${quoted(name)} ${typesOf(wanted)}`
    return errors.EXPORT_MISMATCH({ file, line, name, wanted: text, reason: `it is ${typesOf(found)}` })
  }
  const member = /^failed to resolve import `(?:.*?)::(.*?)`/.exec(said)?.[1]
  const place = member === undefined ? placeOf(core, source) : lineOf(source, member)
  // An offset is one of the binary, which nobody sees.
  const sentence = said.replace(/^failed to validate component output: |\s*\(at offset 0x[\da-f]+\)$/g, '')
  return errors.COMPILE_FAILED({
    language: LANGUAGE,
    file,
    ...place,
    reason: sentence,
    count: 1,
    output: reason,
  })
}

const LANGUAGE = 'WebAssembly text'

/** `[I32, I32] -> [I32]` → `(i32, i32) -> (i32)` */
const typesOf = (text: string) => text.toLowerCase().replaceAll('[', '(').replaceAll(']', ')')

/** The first line that has a text as a string. */
function lineOf({ text }: WatSource, name: string): { line?: number } {
  const at = text.indexOf(quoted(name))
  return at < 0 ? {} : { line: text.slice(0, at).split('\n').length }
}

/** The function that is not valid: the encoder has an offset for it, the engine its index. */
function placeOf(core: Uint8Array, { text }: WatSource): { line?: number } {
  try {
    new WebAssembly.Module(Uint8Array.from(core))
    return {}
  } catch (error) {
    const index = /Compiling function #(\d+)/.exec(String(error))?.[1]
    const line = index === undefined ? undefined : lineOfFunction(text, Number(index))
    return line === undefined ? {} : { line }
  }
}

/** A component in text says itself what it imports and exports. @throws {COMPILE_FAILED} */
export function refuseMisfit({ root }: CheckedComponent, world: World, { file }: WatSource): void {
  const fatal = compareWithWorld(root.type, world).filter((difference) => difference.fatal)
  if (fatal.length === 0) return
  const said = fatal.map((difference) => describeDifference(difference, 'the world'))
  const reason = `the component does not fit ${world.id}: ${said[0]}`
  const output = said.join('\n')
  throw errors.COMPILE_FAILED({ language: LANGUAGE, file, reason, count: fatal.length, output })
}
