import { errors } from '../errors/index.js'
import type { PluginSource } from '../plugin-source.js'

/** It is read by whatever reads plugins, which says what it cannot. @throws {OPTIONS_INVALID} */
export function debugOption(debug: unknown, where: string): PluginSource | undefined {
  const isSource = typeof debug === 'string' || (typeof debug === 'object' && debug !== null)
  if (debug === undefined || isSource) return debug as PluginSource | undefined
  throw errors.OPTIONS_INVALID({ path: `${where}.debug`, reason: 'expected a path, a URL or bytes' })
}
