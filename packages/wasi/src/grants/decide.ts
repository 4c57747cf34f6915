import {
  covers,
  findDenial,
  matchesNetRule,
  type NetRule,
  type NetTarget,
  printNetPattern,
} from '@wasm-plugin/manifest/grammar'
import { innermost } from './fs-places.js'
import type { AskedRights, GrantSet } from './grant-set.js'
import type { FsOperation, Use } from './use.js'

/**
 * Why a use was denied: the manifest does not ask for it, the host did not grant it, the application took it back while
 * the plugin ran, or a rule of the grants denies it.
 */
export type DenialReason = 'not asked for' | 'not granted' | 'taken back' | 'denied by rule'

export interface Denial {
  readonly reason: DenialReason
  /** The rule that denies, in canonical text with its `!`; `null` if there is none. */
  readonly rule: string | null
}

const FS_READS: ReadonlySet<FsOperation> = new Set(['open', 'stat', 'readdir', 'readlink'])

/** The id of the rule that allows a use; `null` if none does. */
export function decide(use: Use, grants: GrantSet): number | null {
  switch (use.capability) {
    case 'fs':
      return decideFs(use, grants)
    case 'net':
      return decideNet([use.net].flat(), grants)
    case 'env':
      return grants.env.find(({ key }) => key === use.target)?.id ?? null
    case 'config':
      return grants.config.find(({ key }) => key === use.target)?.id ?? null
    case 'keyvalue':
      return grants.keyvalue.find(({ name }) => name === use.store)?.id ?? null
  }
}

/** Why a use is not allowed by the grants that there are now, beside those that the plugin was loaded with. */
export function explainDenial(use: Use, now: GrantSet, initial: GrantSet): Denial {
  const rule = use.capability === 'net' ? denialOf([use.net].flat(), now) : undefined
  if (rule !== undefined) return { reason: 'denied by rule', rule: `net !${printNetPattern(rule)}` }
  const wasAllowed = decide(use, initial) !== null && decide(use, now) === null
  if (wasAllowed) return { reason: 'taken back', rule: null }
  return { reason: isAsked(use, initial.asked) ? 'not granted' : 'not asked for', rule: null }
}

/** The place is the one that the object was found in, and of two places of one path the one inside. */
function decideFs({ grant, target, operation }: Use & { capability: 'fs' }, grants: GrantSet): number | null {
  const place = grant ?? innermost([...grants.fs, ...grants.former], target)
  const now = place && grants.fs.find(({ at }) => at === place.at)
  if (now === undefined) return null
  return now.access === 'read-write' || FS_READS.has(operation) ? now.id : null
}

/** Denials win. */
function decideNet(targets: readonly NetTarget[], grants: GrantSet): number | null {
  if (denialOf(targets, grants) !== undefined) return null
  for (const target of targets) {
    const match = grants.net.allow.find((rule) => matchesNetRule(rule, target))
    if (match !== undefined) return match.id
  }
  return null
}

function denialOf(targets: readonly NetTarget[], { net }: GrantSet): NetRule | undefined {
  for (const target of targets) {
    const rule = findDenial(net.deny, target)
    if (rule !== undefined) return rule
  }
  return undefined
}

/** A manifest cannot ask for configuration and stores, which are the host's alone to give. */
function isAsked(use: Use, asked: AskedRights | null): boolean {
  if (asked === null) return true
  switch (use.capability) {
    case 'fs':
      return asked.fs.some(
        ({ at, access }) =>
          covers(at, use.target) && (access === 'read-write' || FS_READS.has(use.operation)),
      )
    case 'net':
      return [use.net].flat().some((target) => asked.net.some((rule) => mentions(rule, target)))
    case 'env':
      return asked.env.includes(use.target)
    default:
      return true
  }
}

/** A socket that is about to be made has no peer yet. */
function mentions(rule: NetRule, target: NetTarget): boolean {
  return target.host === '' ? rule.scheme === target.scheme : matchesNetRule(rule, target)
}
