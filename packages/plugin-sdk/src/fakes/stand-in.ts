import type { FuncType } from '@wasm-plugin/runtime'
import { errors } from '../errors/index.js'
import type { AnyFunction } from './members.js'

/** Answers for the application where there is only one answer. @throws {IMPORT_STUBBED} everywhere else */
export function standIn(name: string, type: FuncType): AnyFunction {
  return () => {
    if (type.result === null) return undefined
    throw errors.IMPORT_STUBBED({ function: name })
  }
}
