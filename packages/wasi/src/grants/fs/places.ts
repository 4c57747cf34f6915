import { covers } from '@wasm-plugin/manifest/grammar'
import type { FsGrant } from '../grant-set.js'

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
  return (
    inner.path !== null &&
    outer.path !== null &&
    inner.path !== outer.path &&
    coversHost(outer.path, inner.path)
  )
}

/** The directory itself, or one inside of it; both are paths of the host without links. */
export function coversHost(outer: string, inner: string): boolean {
  return covers(outer, inner, separatorOf(outer))
}

/** The directories of the host below `outer` down to `inner`, which is one of them. */
export function directoriesBetween(outer: string, inner: string): string[] {
  const separator = separatorOf(outer)
  const start = outer.endsWith(separator) ? outer.slice(0, -1) : outer
  const names = inner.slice(start.length + 1).split(separator)
  return names.map((_, index) => [start, ...names.slice(0, index + 1)].join(separator))
}

/** The place of the grant through which the plugin may write to a file of the host, by its path without links. */
export function writableAt(path: string, fs: readonly FsGrant[]): string | undefined {
  return fs.find((grant) => {
    if (grant.path === null || grant.path === '' || grant.access !== 'read-write') return false
    return path !== grant.path && coversHost(grant.path, path)
  })?.at
}

/** A path without links is absolute, and begins with `/` everywhere but on Windows. */
function separatorOf(path: string): '/' | '\\' {
  return path.startsWith('/') ? '/' : '\\'
}
