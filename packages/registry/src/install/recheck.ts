import { packageErrors } from '../errors/index.js'
import { type LockedPlugin, type LockedWit, readLock, readWitLock } from '../lock/index.js'
import type { Digest } from '../repository/index.js'
import { checkStillTrusted, type Status, type TrustPolicy } from '../trust/index.js'
import type { BlobCache } from './blob-cache.js'
import type { Places } from './places.js'
import { readVersion, verifyPublished } from './resolve.js'

/** What is known now of a plugin that was installed once, or of a WIT package that was fetched. */
export interface Rechecked {
  readonly kind: 'plugin' | 'wit'
  readonly name: string
  readonly version: string
  readonly manifest: Digest
  /** Withdrawn by its publisher; only a statement that is signed by who signed the version counts. */
  readonly status: Status | undefined
  /** Why it could not be asked, or what is wrong by now: the signature counts no longer, the bytes are denied. */
  readonly error: unknown
}

/**
 * Asks of each installed plugin and each WIT package whether its publisher withdrew it since, so that an application that runs for weeks hears
 * of it.
 */
export async function recheck(
  lockFile: string,
  { places, policy, cache }: { places: Places; policy: TrustPolicy; cache: BlobCache },
  signal?: AbortSignal,
): Promise<Rechecked[]> {
  const ask = async (row: Pick<Rechecked, 'kind' | 'name'>, plugin: Asked): Promise<Rechecked> => {
    const known = { ...row, version: plugin.version, manifest: plugin.manifest }
    try {
      return { ...known, status: await statusOf(row.name, plugin), error: undefined }
    } catch (error) {
      signal?.throwIfAborted()
      return { ...known, status: undefined, error }
    }
  }
  const statusOf = async (name: string, plugin: Asked): Promise<Status | undefined> => {
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
  const plugins = [...(await readLock(lockFile))]
  const wit = [...(await readWitLock(lockFile))]
  return await Promise.all([
    ...plugins.map(([name, plugin]) => ask({ kind: 'plugin', name }, plugin)),
    ...wit.map(([id, one]) => ask({ kind: 'wit', name: nameOf(id) }, { ...one, capabilities: {} })),
  ])
}

type Asked = LockedWit & Pick<LockedPlugin, 'capabilities'>

/** `acme:site` of `acme:site@0.1.0` */
function nameOf(id: string): string {
  return id.slice(0, id.indexOf('@'))
}
