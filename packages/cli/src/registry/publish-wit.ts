import path from 'node:path'
import type { Published } from '@wasm-plugin/registry'
import { encodeWit } from '@wasm-plugin/sdk'
import type { Context } from '../command.js'
import { witFolder } from '../project/wit-folder.js'
import { openRegistry } from './open-registry.js'
import { readSigningKey } from './signing-key.js'
import { sourceDate } from './signing-time.js'
import { transferOf } from './transfer.js'

export interface PublishWitRequest {
  /** A .wit file or a folder; the project's without one. */
  readonly wit: string | undefined
  readonly registry: string | undefined
  readonly key: string | undefined
  readonly dryRun: boolean
}

/** Encodes a WIT package and publishes it under its own name and version. */
export async function publishWit(
  context: Context,
  { wit, registry: place, key: keyFile, dryRun }: PublishWitRequest,
): Promise<Published> {
  const created = sourceDate(context.env)
  const from = wit ?? (await witFolder(context.cwd))
  context.progress.busy('Encoding', from)
  const bytes = await encodeWit(path.resolve(context.cwd, from))
  const key = keyFile === undefined ? undefined : await readSigningKey(context, keyFile)
  const registry = await openRegistry(context, { registry: place })
  return await registry.publishWit(bytes, {
    ...transferOf(context, 'Uploading', from),
    ...(key && { key }),
    ...(created !== undefined && { created }),
    dryRun,
  })
}
