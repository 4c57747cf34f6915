import { type LockedWit, readLock, readWitLock } from '../lock/index.js'
import { ANY, parsePackageName } from '../names/index.js'
import type { Before, Change } from '../review/index.js'
import type { TrustPolicy } from '../trust/index.js'
import type { BlobCache } from './blob-cache.js'
import type { Fit } from './fit.js'
import { reviewOf } from './install.js'
import type { Places } from './places.js'
import { resolve } from './resolve.js'

export interface Outdated {
  readonly kind: 'plugin' | 'wit'
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
  const compare = async (
    row: Pick<Outdated, 'kind' | 'name' | 'version'>,
    {
      requirement,
      lock,
      fit,
    }: { requirement: string; lock: ReadonlyMap<string, Before>; fit: Fit | undefined },
  ): Promise<Outdated> => {
    const { name, version } = row
    try {
      const parsed = parsePackageName(name)
      const repository = await places.ofPackage(parsed, { signal })
      const context = { policy, fit, cache, pinned: (of: string) => lock.get(of)?.signer }
      const newestIn = (range: string) =>
        resolve({ kind: 'package', name: parsed, range }, repository, context, { signal })
      const wanted = await newestIn(requirement)
      const newest = await newestIn(ANY).catch(() => wanted)
      const { changes } = reviewOf(wanted, repository, lock)
      return { ...row, wanted: wanted.version, newest: newest.version, changes, error: undefined }
    } catch (error) {
      signal?.throwIfAborted()
      return { ...row, wanted: version, newest: version, changes: [], error }
    }
  }
  const plugins = await readLock(lockFile)
  const wit = await wantedWit(lockFile)
  return await Promise.all([
    ...[...plugins].map(([name, { version, requirement }]) =>
      compare({ kind: 'plugin', name, version }, { requirement, lock: plugins, fit }),
    ),
    // What an application fits is its plugins.
    ...[...wit].map(([name, { version, requirement }]) =>
      compare({ kind: 'wit', name, version }, { requirement, lock: wit, fit: undefined }),
    ),
  ])
}

/** The WIT packages that somebody asked for: of the others, whoever uses them says the version. */
async function wantedWit(
  lockFile: string,
): Promise<ReadonlyMap<string, LockedWit & { readonly requirement: string }>> {
  const entries = [...(await readWitLock(lockFile))].flatMap(([id, wit]) => {
    const { requirement } = wit
    return requirement === undefined ? [] : [[id.slice(0, id.indexOf('@')), { ...wit, requirement }] as const]
  })
  return new Map(entries)
}
