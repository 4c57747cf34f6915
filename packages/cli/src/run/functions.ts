import type { ExternType, FuncType } from '@wasm-plugin/runtime'
import { closest } from '@wasm-plugin/runtime/text'
import { namesIn, printFunction } from '@wasm-plugin/sdk'
import { failures } from '../errors/index.js'

/** A function that a plugin exports. */
export interface ExportedFunction {
  /** `acme:site/render@0.1.0#render`, or the plain name of a function of the world itself. */
  readonly target: string
  readonly name: string
  readonly type: FuncType
  /** `render: func(doc: document) -> result<page, string>` */
  readonly signature: string
}

/** Functions that can be called by name, in the order of the binary. Methods need an object, so they are not among them. */
export function exportedFunctions(exports: ReadonlyMap<string, ExternType>): ExportedFunction[] {
  return [...exports].flatMap(([name, item]) => {
    if (item.kind === 'func' && !name.startsWith('['))
      return [{ target: name, name, type: item, signature: printFunction(name, item) }]
    if (item.kind !== 'instance') return []
    const names = namesIn(item.exports)
    return [...item.exports].flatMap(([inner, type]) =>
      type.kind === 'func' && !inner.startsWith('[')
        ? [{ target: `${name}#${inner}`, name: inner, type, signature: printFunction(inner, type, names) }]
        : [],
    )
  })
}

/**
 * The function of a program, where a command line runs it: what follows its name is for the program then, unless that names a
 * function with its interface, or the plugin has others.
 */
export function programIn(
  functions: readonly ExportedFunction[],
  wanted: string | undefined,
): ExportedFunction | undefined {
  const program = functions.find(({ target }) => target.startsWith('wasi:cli/run@'))
  if (wanted === undefined || program === undefined) return program
  return functions.length > 1 || spellings(program).some((name) => name === wanted && name.includes('#'))
    ? undefined
    : program
}

/**
 * The function that a person means by `acme:site/render@0.1.0#render`, `acme:site/render#render`, `render#render` or
 * `render`.
 *
 * @throws {UNKNOWN_FUNCTION | AMBIGUOUS_FUNCTION}
 */
export function findFunction(functions: readonly ExportedFunction[], wanted: string): ExportedFunction {
  const found = functions.filter((candidate) => spellings(candidate).includes(wanted))
  const [first, ...others] = found
  if (first !== undefined && others.length === 0) return first
  const exact = found.find(({ target }) => target === wanted)
  if (exact !== undefined) return exact
  if (first !== undefined) {
    throw failures.AMBIGUOUS_FUNCTION({ name: wanted, functions: found.map(({ target }) => target) })
  }
  const known = functions.map(({ target }) => target)
  throw failures.UNKNOWN_FUNCTION({
    name: wanted,
    functions: known,
    guess: closest(wanted, [...functions.map(({ name }) => name), ...known]),
  })
}

function spellings({ target, name }: ExportedFunction): string[] {
  const [instance = '', inner] = target.split('#')
  if (inner === undefined) return [target]
  const unversioned = instance.split('@')[0] ?? instance
  const short = unversioned.split('/').at(-1) ?? unversioned
  return [target, `${unversioned}#${name}`, `${short}#${name}`, name]
}
