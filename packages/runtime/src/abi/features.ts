import { errors, type PluginError } from '../errors/index.js'
import type { AsyncType } from '../types/index.js'

/** The refusal of a type that is decoded but not run. */
export function unsupportedType(type: AsyncType): PluginError {
  return errors.UNSUPPORTED_FEATURE({ feature: `the type ${type.kind}` })
}
