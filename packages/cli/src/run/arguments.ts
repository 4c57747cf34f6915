import type { Param } from '@wasm-plugin/runtime'
import { failures } from '../errors/index.js'
import { parseValue } from '../values/parse.js'
import { toHostValue } from '../values/to-host.js'
import type { ExportedFunction } from './functions.js'

/**
 * The values of the command line as the arguments of a function.
 *
 * @throws {WRONG_ARGUMENT_COUNT | INVALID_VALUE | WRONG_VALUE}
 */
export function toArguments(
  { name, type, signature }: ExportedFunction,
  texts: readonly string[],
): unknown[] {
  const { params } = type
  if (texts.length !== params.length) {
    throw failures.WRONG_ARGUMENT_COUNT({ name, expected: params.length, found: texts.length, signature })
  }
  return params.map((param, index) => toArgument(param, texts[index]!, `${name}(${param.name})`))
}

/** A string may go without its quotes: a shell takes them away anyway. */
function toArgument({ type }: Param, text: string, path: string): unknown {
  if (type.kind === 'string' && !/^\s*"/.test(text)) return text
  return toHostValue(type, parseValue(text), path)
}
