import { findDenial, matchesNetRule, type NetRule, type NetTarget } from '@wasm-plugin/manifest/grammar'
import type { AskedRights, GrantSet } from '../grant-set.js'
import type { Use } from '../use.js'

type NetUse = Use & { readonly capability: 'net' }

/** Denials win. */
export function decideNet(use: NetUse, grants: GrantSet): number | null {
  if (denialOf(use, grants) !== undefined) return null
  for (const target of targetsOf(use)) {
    const match = grants.net.allow.find((rule) => matchesNetRule(rule, target))
    if (match !== undefined) return match.id
  }
  return null
}

/** The rule that denies a use, whatever else allows it. */
export function denialOf(use: NetUse, { net }: GrantSet): NetRule | undefined {
  for (const target of targetsOf(use)) {
    const rule = findDenial(net.deny, target)
    if (rule !== undefined) return rule
  }
  return undefined
}

export function isNetAsked(use: NetUse, asked: AskedRights): boolean {
  return targetsOf(use).some((target) => asked.net.some((rule) => mentions(rule, target)))
}

function targetsOf({ net }: NetUse): readonly NetTarget[] {
  return [net].flat()
}

/** A socket that is about to be made has no peer yet. */
function mentions(rule: NetRule, target: NetTarget): boolean {
  return target.host === '' ? rule.scheme === target.scheme : matchesNetRule(rule, target)
}
