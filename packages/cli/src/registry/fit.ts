import path from 'node:path'
import type { Fit } from '@wasm-plugin/registry'
import { loadWorld } from '@wasm-plugin/sdk'
import type { Context } from '../command.js'
import { usageErrors } from '../errors/index.js'

/**
 * What an application can work with, from its contract: it provides what the world imports, and needs what it exports.
 *
 * @throws {WIT_MISSING} {WIT_SYNTAX} {WORLD_UNKNOWN} {MISSING_OPTION}
 */
export async function fitOf(
  { cwd }: Context,
  { host, world }: { readonly host: string | undefined; readonly world: string | undefined },
  command: string,
): Promise<Fit | undefined> {
  if (host === undefined && world === undefined) return undefined
  if (host === undefined)
    throw usageErrors.MISSING_OPTION({ option: '--host', command, why: '`--world` names a world of it' })
  const { imports, exports } = await loadWorld({ wit: path.resolve(cwd, host), world, features: [] })
  return { imports: [...imports.keys()], exports: [...exports.keys()] }
}
