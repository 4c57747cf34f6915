import { covers } from '@wasm-plugin/manifest/grammar'
import type { AskedRights, GrantSet } from '../grant-set.js'
import type { FsOperation, Use } from '../use.js'
import { innermost } from './places.js'

type FsUse = Use & { readonly capability: 'fs' }

const READS: ReadonlySet<FsOperation> = new Set(['open', 'stat', 'readdir', 'readlink'])

/** The place is the one that the object was found in, and of two places of one path the one inside. */
export function decideFs({ grant, target, operation }: FsUse, grants: GrantSet): number | null {
  const place = grant ?? innermost([...grants.fs, ...grants.former], target)
  const now = place && grants.fs.find(({ at }) => at === place.at)
  if (now === undefined) return null
  return now.access === 'read-write' || READS.has(operation) ? now.id : null
}

export function isFsAsked({ target, operation }: FsUse, asked: AskedRights): boolean {
  return asked.fs.some(
    ({ at, access }) => covers(at, target) && (access === 'read-write' || READS.has(operation)),
  )
}
