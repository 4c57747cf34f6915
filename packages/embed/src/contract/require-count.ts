import { errors } from '../errors/index.js'
import type { ExportedFunction } from './contract.js'

/**
 * What is left out at the end is none of an option, as TypeScript's types have it.
 *
 * @throws {ARGUMENT_COUNT}
 */
export function requireCount({ name, type }: ExportedFunction, args: readonly unknown[]): void {
  const { params } = type
  const needed = params.findLastIndex((param) => param.type.kind !== 'option') + 1
  if (args.length < needed || args.length > params.length)
    throw errors.ARGUMENT_COUNT({ export: name, expected: params.length, found: args.length })
}
