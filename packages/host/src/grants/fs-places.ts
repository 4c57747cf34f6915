import { sep } from 'node:path'
import { covers } from '@wasm-plugin/manifest/grammar'
import type { FsGrant } from './grant-set.js'

/** The grant that decides about the path that the plugin sees as `at`. */
export function innermost<T extends Pick<FsGrant, 'at'>>(grants: readonly T[], at: string): T | undefined {
  let best: T | undefined
  for (const grant of grants)
    if (covers(grant.at, at) && grant.at.length >= (best?.at.length ?? 0)) best = grant
  return best
}

/** Of the place that the plugin sees, or of the directory of the host: either may be inside. */
export function isInside(inner: FsGrant, outer: FsGrant): boolean {
  return (inner.at !== outer.at && covers(outer.at, inner.at)) || isHostBelow(inner, outer)
}

/** A directory of the host inside of another, wherever the plugin sees the two. */
export function isHostBelow(inner: FsGrant, outer: FsGrant): boolean {
  return inner.path !== null && outer.path !== null && isBelow(inner.path, outer.path)
}

/** Both are paths of the host without links. */
export function isBelow(inner: string, outer: string): boolean {
  return inner !== outer && covers(outer, inner, sep)
}
