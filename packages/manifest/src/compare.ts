import { covers } from './grammar/covers.js'
import { coversNetRule } from './grammar/match.js'
import { parseNetPattern } from './grammar/pattern.js'
import type { FsRequest, ManifestRequests } from './manifest.js'

type RequestsBeyond = { [K in keyof ManifestRequests]-?: NonNullable<ManifestRequests[K]> }

/** What `requests` asks for and `before` did not: nothing when everything in it is a part of something there. */
export function requestsBeyond(
  before: ManifestRequests,
  { fs = [], net = [], env = [] }: ManifestRequests,
): RequestsBeyond {
  const old = before.fs ?? []
  const patterns = (before.net ?? []).map(({ allow }) => parseNetPattern(allow))
  const keys = new Set((before.env ?? []).map(({ key }) => key))
  return {
    fs: [
      ...fs.filter(({ at }) => isMore(accessAt(fs, at), accessAt(old, at))),
      // What is no longer asked for on its own belongs to what is around it, which may be more.
      ...old.flatMap(({ at }) => {
        const around = innermost(fs, at)
        if (around === undefined || around.at === at) return []
        return isMore(around.access, accessAt(old, at)) ? [{ ...around, at }] : []
      }),
    ],
    net: net.filter(({ allow }) => !patterns.some((old) => coversNetRule(old, parseNetPattern(allow)))),
    env: env.filter(({ key }) => !keys.has(key)),
  }
}

/** The request that decides about a path: of nested ones the innermost, of equal ones the greater. */
export function innermost<R extends Pick<FsRequest, 'at' | 'access'>>(
  requests: readonly R[],
  at: string,
): R | undefined {
  let found: R | undefined
  for (const request of requests) {
    if (!covers(request.at, at)) continue
    const longer = request.at.length - (found?.at.length ?? -1)
    if (longer > 0 || (longer === 0 && request.access === 'read-write')) found = request
  }
  return found
}

function accessAt(requests: readonly FsRequest[], at: string): FsRequest['access'] | undefined {
  return innermost(requests, at)?.access
}

function isMore(next: FsRequest['access'] | undefined, before: FsRequest['access'] | undefined): boolean {
  return next !== undefined && next !== before && before !== 'read-write'
}
