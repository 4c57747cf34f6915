import type { EnvRequest, FsRequest, ManifestRequests, NetRequest } from '@wasm-plugin/manifest'
import { covers, intersectNetRules, type NetRule, parseNetPattern } from '@wasm-plugin/manifest/grammar'

/** By capability, as the manifest has them. */
export interface MissingRequests {
  readonly fs: readonly FsRequest[]
  readonly net: readonly NetRequest[]
  readonly env: readonly EnvRequest[]
}

interface Held {
  /** Paths as the plugin sees them, normal. */
  readonly places: readonly string[]
  readonly rules: readonly NetRule[]
  readonly keys: ReadonlySet<string>
}

/** The requests that nothing which is held has a part of. */
export function unmetRequests(
  { fs = [], net = [], env = [] }: ManifestRequests,
  { places, rules, keys }: Held,
): MissingRequests {
  return {
    fs: fs.filter((asked) => !places.some((at) => covers(at, asked.at) || covers(asked.at, at))),
    net: net.filter(({ allow }) => {
      const asked = parseNetPattern(allow)
      return !rules.some((rule) => intersectNetRules(rule, asked) !== undefined)
    }),
    env: env.filter(({ key }) => !keys.has(key)),
  }
}
