import {
  intersectNetRules,
  type NetRule,
  parseNetPattern,
  printNetPattern,
} from '@wasm-plugin/manifest/grammar'
import type { Agreement } from '../capability.js'
import { defaultNetLimits, type NetGrant } from '../grant-set.js'
import { splitNet, withLookup } from './patterns.js'
import type { NetInput } from './schema.js'

export function grantNet(input: NetInput, { asked, book }: Agreement): NetGrant {
  const { allow: patterns, deny, privateAddresses = [], limits } = splitNet(input)
  const allow = patterns.map(parseNetPattern).flatMap((pattern) => {
    const agreed = asked === null ? [pattern] : meet(pattern, asked.net)
    if (agreed.length === 0) book.unasked.push(`net ${printNetPattern(pattern)}`)
    return agreed
  })
  return {
    allow: allow.flatMap((rule) => {
      const id = book.add(`net ${printNetPattern(rule)}`)
      return withLookup(rule).map((part) => ({ ...part, id }))
    }),
    deny: deny.map(parseNetPattern),
    privateAddresses,
    limits: { ...defaultNetLimits, ...limits },
  }
}

/** What a pattern of the host and the patterns of the manifest have in common, each once. */
function meet(pattern: NetRule, asked: readonly NetRule[]): NetRule[] {
  const met = new Map<string, NetRule>()
  const lookups = new Set<string>()
  for (const part of withLookup(pattern))
    for (const other of asked) {
      const both = intersectNetRules(part, other)
      if (both === undefined || lookups.has(printNetPattern(both))) continue
      met.set(printNetPattern(both), both)
      // A rule for sockets has its look-up in it.
      for (const lookup of withLookup(both).slice(1)) lookups.add(printNetPattern(lookup))
    }
  return [...met.values()]
}
