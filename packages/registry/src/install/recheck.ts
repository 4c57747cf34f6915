import { packageErrors } from '../errors/index.js'
import { type LockedPlugin, readLock } from '../lock/index.js'
import type { Digest } from '../repository/index.js'
import { checkStillTrusted, type Status, type TrustPolicy } from '../trust/index.js'
import type { BlobCache } from './blob-cache.js'
import type { Places } from './places.js'
import { readVersion, verifyPublished } from './resolve.js'

/** What is known now of a plugin that was installed once. */
export interface Rechecked {
  readonly name: string
  readonly version: string
  readonly manifest: Digest
  /** Withdrawn by its publisher; only a statement that is signed by who signed the version counts. */
  readonly status: Status | undefined
  /** Why it could not be asked, or what is wrong by now: the signature counts no longer, the bytes are denied. */
  readonly error: unknown
}

/**
 * Asks of each installed plugin whether its publisher withdrew it since, so that an application that runs for weeks hears
 * of it.
 */
export async function recheck(
  lockFile: string,
  { places, policy, cache }: { places: Places; policy: TrustPolicy; cache: BlobCache },
  signal?: AbortSignal,
): Promise<Rechecked[]> {
  const ask = async ([name, plugin]: [string, LockedPlugin]): Promise<Rechecked> => {
    const { version, manifest } = plugin
    try {
      return { name, version, manifest, status: await statusOf(name, plugin), error: undefined }
    } catch (error) {
      signal?.throwIfAborted()
      return { name, version, manifest, status: undefined, error }
    }
  }
  const statusOf = async (name: string, plugin: LockedPlugin): Promise<Status | undefined> => {
    const { version, manifest, signer } = plugin
    const repository = await places.at(plugin.registry, plugin.repository)
    const published = await readVersion(repository, manifest, { signal })
    if (published === undefined)
      throw packageErrors.VERSION_NOT_FOUND({
        name,
        range: version,
        registry: plugin.registry,
        passedOver: [],
      })
    if (published.layer.digest !== plugin.content)
      throw packageErrors.ARTIFACT_INVALID({
        what: `${name}@${version}`,
        reason: 'the lock file has another component',
      })
    const context = { policy, cache, pinned: () => signer }
    checkStillTrusted({ name, ...plugin }, policy)
    const checked = await verifyPublished({ name, version, repository, published }, context, { signal })
    if (checked.newSigner)
      throw packageErrors.SIGNER_UNTRUSTED({
        what: `${name}@${version}`,
        reasons: ['its signature is another one now'],
      })
    await cache.heard(manifest, [])
    return checked.status
  }
  return await Promise.all([...(await readLock(lockFile))].map(ask))
}
