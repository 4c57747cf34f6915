import { coversNetRule, type NetRule, parseNetPattern, printNetPattern } from '@wasm-plugin/manifest/grammar'
import type { NetAllow, NetGrant } from '../grant-set.js'
import { notNarrower } from '../narrower.js'
import { addressMatcher } from './address.js'
import { splitNet, withLookup } from './patterns.js'
import type { NetInput } from './schema.js'

/** @throws {GRANTS_NOT_NARROWER} {NET_PATTERN_INVALID} */
export function narrowNet(now: NetGrant, input: NetInput): NetGrant {
  const { allow, deny, privateAddresses, limits } = splitNet(input)
  const rules = allow.map(parseNetPattern)
  for (const rule of rules)
    if (!now.allow.some((outer) => coversNetRule(outer, rule)))
      throw notNarrower(`net ${printNetPattern(rule)}`, 'no pattern that is allowed now covers it')
  const isOpen = addressMatcher(now.privateAddresses)
  for (const range of privateAddresses ?? [])
    if (!now.privateAddresses.includes(range) && !(isSingle(range) && isOpen(range)))
      throw notNarrower(`net.privateAddresses ${range}`, 'the range is not open now')
  const narrower = { ...now.limits }
  for (const [name, value] of Object.entries(limits) as [keyof typeof narrower, number][]) {
    if (value > narrower[name]) throw notNarrower(`net.limits.${name}`, `it is ${narrower[name]} now`)
    narrower[name] = value
  }
  return {
    ...now,
    allow: rules.flatMap((rule, id) => withLookup(rule).map((part): NetAllow => ({ ...part, id }))),
    deny: [...now.deny, ...newDenials(now.deny, deny.map(parseNetPattern))],
    privateAddresses: privateAddresses ?? now.privateAddresses,
    limits: narrower,
  }
}

/** A range inside a range would have to be computed; a single address can be looked up. */
function isSingle(range: string): boolean {
  return !range.includes('/')
}

function newDenials(now: readonly NetRule[], more: readonly NetRule[]): NetRule[] {
  const known = new Set(now.map(printNetPattern))
  return more.filter((rule) => !known.has(printNetPattern(rule)))
}
