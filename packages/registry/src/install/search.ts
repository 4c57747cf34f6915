import type { ManifestRequests } from '@wasm-plugin/manifest'
import { compareVersions, isVersion } from '../names/index.js'
import type { Digest, Repository, TransferOptions } from '../repository/index.js'
import { readVersion } from './resolve.js'

/** A version as its publisher declares it. Nothing here is verified. */
export interface Listed {
  readonly version: string
  readonly manifest: Digest | undefined
  readonly size: number
  readonly description: string | undefined
  readonly world: string | undefined
  readonly capabilities: ManifestRequests | undefined
  /** Why it cannot be read. */
  readonly error: unknown
}

/** The versions of a package, newest first, at most `limit` of them. */
export async function listVersions(
  repository: Repository,
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
          error,
        },
      ]
    }
  }
  const shown = await Promise.all(versions.slice(0, limit).map(list))
  const place = `${repository.registry}/${repository.path}`
  return { place, versions: shown.flat(), more: Math.max(0, versions.length - limit) }
}
