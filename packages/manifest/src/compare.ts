import { covers } from './grammar/covers.js'
import { coversNetRule } from './grammar/match.js'
import { parseNetPattern } from './grammar/pattern.js'
import type { ManifestRequests } from './manifest.js'

type RequestsBeyond = { [K in keyof ManifestRequests]-?: NonNullable<ManifestRequests[K]> }

/** What `requests` asks for and `before` did not: nothing when everything in it is a part of something there. */
export function requestsBeyond(
  before: ManifestRequests,
  { fs = [], net = [], env = [] }: ManifestRequests,
): RequestsBeyond {
  const folders = before.fs ?? []
  const patterns = (before.net ?? []).map(({ allow }) => parseNetPattern(allow))
  const keys = new Set((before.env ?? []).map(({ key }) => key))
  return {
    fs: fs.filter(
      ({ at, access }) =>
        !folders.some((old) => covers(old.at, at) && (old.access === 'read-write' || access === 'read')),
    ),
    net: net.filter(({ allow }) => !patterns.some((old) => coversNetRule(old, parseNetPattern(allow)))),
    env: env.filter(({ key }) => !keys.has(key)),
  }
}
