import type { Fit } from '@wasm-plugin/registry'
import { loadWorld } from '@wasm-plugin/sdk'
import type { Context } from '../command.js'
import { usageErrors } from '../errors/index.js'
import { withContract } from './contract.js'

/**
 * What an application can work with, from its contract: it provides what the world imports, and needs what it exports.
 *
 * @throws {WIT_MISSING} {WIT_SYNTAX} {WORLD_UNKNOWN} {MISSING_OPTION}
 */
export async function fitOf(
  context: Context,
  { host, world, registry }: FitRequest,
  command: string,
): Promise<Fit | undefined> {
  if (host === undefined && world === undefined) return undefined
  if (host === undefined)
    throw usageErrors.MISSING_OPTION({ option: '--host', command, why: '`--world` names a world of it' })
  const { imports, exports } = await withContract(context, { wit: host, registry }, (wit) =>
    loadWorld({ wit, world, features: [] }),
  )
  return { imports: [...imports.keys()], exports: [...exports.keys()] }
}

interface FitRequest {
  readonly host: string | undefined
  readonly world: string | undefined
  /** Where a published contract is. */
  readonly registry: string | undefined
}
