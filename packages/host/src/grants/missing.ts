import type { EnvRequest, FsRequest, ManifestRequests, NetRequest } from '@wasm-plugin/manifest'
import { covers, intersectNetRules, parseNetPattern } from '@wasm-plugin/manifest/grammar'
import { checkGrants, splitNet } from './parse.js'

/** By capability, as the manifest has them. */
export interface MissingRequests {
  readonly fs: readonly FsRequest[]
  readonly net: readonly NetRequest[]
  readonly env: readonly EnvRequest[]
}

/** What a manifest asks for and the grants have no part of. Nothing is opened or made. @throws as `checkGrants` */
export function missingRequests(input: unknown, requests: ManifestRequests): MissingRequests {
  const { fs: folders = [], net = [], env = [] } = checkGrants(input)
  const rules = splitNet(net).allow.map(parseNetPattern)
  const keys = new Set(Array.isArray(env) ? env : Object.keys(env))
  const { fs = [], net: patterns = [], env: variables = [] } = requests
  return {
    fs: fs.filter((asked) => !folders.some(({ at }) => covers(at, asked.at) || covers(asked.at, at))),
    net: patterns.filter(({ allow }) => {
      const asked = parseNetPattern(allow)
      return !rules.some((rule) => intersectNetRules(rule, asked) !== undefined)
    }),
    env: variables.filter(({ key }) => !keys.has(key)),
  }
}
