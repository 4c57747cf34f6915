import type { ManifestRequests } from '@wasm-plugin/manifest'
import { PluginError } from '@wasm-plugin/runtime/errors'
import { compareVersions, isVersion } from '../names/index.js'
import type { Digest, Repository, TransferOptions } from '../repository/index.js'
import type { Status } from '../trust/index.js'
import { type ResolveContext, readVersion, verifyPublished } from './resolve.js'

/** A version as its publisher declares it. Nothing here is verified. */
export interface Listed {
  readonly version: string
  readonly manifest: Digest | undefined
  readonly size: number
  readonly description: string | undefined
  readonly world: string | undefined
  readonly capabilities: ManifestRequests | undefined
  /** That its signer has withdrawn it: by the word of whoever signed it, trusted or not. */
  readonly status: Status | undefined
  /** Why it cannot be read. */
  readonly error: unknown
}

/** The versions of a package, newest first, at most `limit` of them. */
export async function listVersions(
  { name, repository, context }: { name: string; repository: Repository; context: ResolveContext },
  { limit = 20 }: { limit?: number } = {},
  options?: TransferOptions,
): Promise<{ place: string; versions: Listed[]; more: number }> {
  const versions = (await repository.tags(options)).filter(isVersion).sort((a, b) => compareVersions(b, a))
  const list = async (version: string): Promise<Listed[]> => {
    try {
      const published = await readVersion(repository, version, options)
      if (published === undefined) return []
      const { descriptor, layer, manifest } = published
      const { description, world, capabilities } = manifest ?? {}
      return [
        {
          version,
          manifest: descriptor.digest,
          size: layer.size,
          description,
          world,
          capabilities,
          status: await statusOf({ name, version, repository, published }, context, options),
          error: undefined,
        },
      ]
    } catch (error) {
      options?.signal?.throwIfAborted()
      return [
        {
          version,
          manifest: undefined,
          size: 0,
          description: undefined,
          world: undefined,
          capabilities: undefined,
          status: undefined,
          error,
        },
      ]
    }
  }
  const shown = await Promise.all(versions.slice(0, limit).map(list))
  const place = `${repository.registry}/${repository.path}`
  return { place, versions: shown.flat(), more: Math.max(0, versions.length - limit) }
}

/** Strangers withdraw nothing, and a version that may not be used is listed all the same. */
async function statusOf(
  version: Parameters<typeof verifyPublished>[0],
  context: ResolveContext,
  options?: TransferOptions,
): Promise<Status | undefined> {
  try {
    return (await verifyPublished(version, { ...context, trustOnFirstUse: true }, options)).status
  } catch (error) {
    if (PluginError.is(error) && UNTRUSTED.has(error.code)) return undefined
    throw error
  }
}

const UNTRUSTED = new Set(['DIGEST_DENIED', 'NOT_TRUSTED', 'SIGNATURE_MISSING', 'SIGNER_UNTRUSTED'])
