import { type LockedPlugin, readLock } from '../lock/index.js'
import { ANY, parsePackageName } from '../names/index.js'
import type { Change } from '../review/index.js'
import type { TrustPolicy } from '../trust/index.js'
import type { BlobCache } from './blob-cache.js'
import type { Fit } from './fit.js'
import { reviewOf } from './install.js'
import type { Places } from './places.js'
import { resolve } from './resolve.js'

export interface Outdated {
  readonly name: string
  readonly version: string
  /** The newest that the locked requirement allows; the same as `version` if there is nothing newer. */
  readonly wanted: string
  /** The newest of all that fit. */
  readonly newest: string
  /** What an update to `wanted` would need consent for. */
  readonly changes: readonly Change[]
  /** Why nothing is known of it: its registry cannot be reached, or has nothing that may be used. */
  readonly error: unknown
}

/** Compares what is installed with what there is, without changing anything. One registry's failure hides no other. */
export async function outdated(
  lockFile: string,
  {
    places,
    policy,
    cache,
    fit,
  }: { places: Places; policy: TrustPolicy; cache: BlobCache; fit?: Fit | undefined },
  signal?: AbortSignal,
): Promise<Outdated[]> {
  const lock = await readLock(lockFile)
  const context = { policy, fit, cache, pinned: (name: string) => lock.get(name)?.signer }
  const compare = async ([name, { version, requirement }]: [string, LockedPlugin]): Promise<Outdated> => {
    try {
      const parsed = parsePackageName(name)
      const repository = await places.ofPackage(parsed, { signal })
      const newestIn = (range: string) =>
        resolve({ kind: 'package', name: parsed, range }, repository, context, { signal })
      const wanted = await newestIn(requirement)
      const newest = await newestIn(ANY).catch(() => wanted)
      const { changes } = reviewOf(wanted, repository, lock)
      return { name, version, wanted: wanted.version, newest: newest.version, changes, error: undefined }
    } catch (error) {
      signal?.throwIfAborted()
      return { name, version, wanted: version, newest: version, changes: [], error }
    }
  }
  return await Promise.all([...lock].map(compare))
}
