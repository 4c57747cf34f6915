import type { ManifestRequests } from '@wasm-plugin/manifest'
import { parseNetPattern } from '@wasm-plugin/manifest/grammar'
import { normaliseAt } from './fs-grants.js'
import { readGrants, splitNet, withLookup } from './parse.js'
import { type MissingRequests, unmetRequests } from './unmet.js'

/** What a manifest asks for and the grants have no part of. Nothing is opened or made. @throws as `checkGrants` */
export function missingRequests(input: unknown, requests: ManifestRequests): MissingRequests {
  const { fs = [], net = [], env = [] } = readGrants(input)
  return unmetRequests(requests, {
    places: fs.map(({ at }) => normaliseAt(at)),
    rules: splitNet(net).allow.flatMap((pattern) => withLookup(parseNetPattern(pattern))),
    keys: new Set(Array.isArray(env) ? env : Object.keys(env)),
  })
}
