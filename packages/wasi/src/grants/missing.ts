import type { ManifestRequests } from '@wasm-plugin/manifest'
import { parseNetPattern } from '@wasm-plugin/manifest/grammar'
import { normaliseAt } from './fs/agree.js'
import { splitNet, withLookup } from './net/patterns.js'
import { readGrants } from './parse.js'
import { type MissingRequests, unmetRequests } from './unmet.js'

/** What a manifest asks for and the grants have no part of. Nothing is opened or made. @throws as `readGrants` */
export function missingRequests(input: unknown, requests: ManifestRequests): MissingRequests {
  const { fs = [], net = [], env = [] } = readGrants(input)
  return unmetRequests(requests, {
    places: fs.map(({ at }) => normaliseAt(at)),
    rules: splitNet(net).allow.flatMap((pattern) => withLookup(parseNetPattern(pattern))),
    keys: new Set(Array.isArray(env) ? env : Object.keys(env)),
  })
}
