import { covers } from '@wasm-plugin/manifest/grammar'
import { directoriesBetween, isHostBelow } from '../../grants/fs/places.js'
import type { FsGrant, GrantSet } from '../../grants/grant-set.js'
import type { Directories } from '../../ports.js'
import type { FileId } from '../../volume/volume.js'

/** Where the directories of one version of the grants lie in each other. */
export interface Places {
  /** Roots of grants that lie inside another grant. */
  readonly inner: ReadonlyMap<FileId, FsGrant>
  /** The same, and the directories between the two. */
  readonly pinned: ReadonlySet<FileId>
  /** Grants whose `at` lies inside that of another, by their `at`. */
  readonly mounts: ReadonlyMap<string, FsGrant>
}

/** Former grants have their place too: what is below them is closed, whatever is around it. */
export function findPlaces({ fs, former }: GrantSet, identify: Directories['identify']): Places {
  const inner = new Map<FileId, FsGrant>()
  const pinned = new Set<FileId>()
  const mounts = new Map<string, FsGrant>()
  const all = [...fs, ...former]
  for (const grant of all)
    for (const outer of all) {
      if (grant === outer) continue
      if (covers(outer.at, grant.at)) mounts.set(grant.at, grant)
      if (grant.path === null || outer.path === null || !isHostBelow(grant, outer)) continue
      const root = identify(grant.path)
      if (root !== undefined) inner.set(root, grant)
      for (const path of directoriesBetween(outer.path, grant.path)) {
        const id = identify(path)
        if (id !== undefined) pinned.add(id)
      }
    }
  return { inner, pinned, mounts }
}
