import { showText } from '@wasm-plugin/runtime/text'
import { innermost } from './fs-places.js'
import type { FsGrant, GrantSet } from './grant-set.js'
import { LiveGrants } from './live-grants.js'
import { findDenial, matchesNetRule, type NetTarget } from './net/match.js'

/** One use of a capability by a plugin, as it was decided. Plain data; `target` holds no control characters. */
export interface AccessEvent {
  readonly plugin: string
  /** `fs`, `net`, `env`, `config` or `keyvalue`. */
  readonly capability: string
  /** `open`, `create`, `unlink`, …; an HTTP method, `connect` or `resolve`; `read` for variables. */
  readonly operation: string
  /** Path as the plugin sees it, URL without its query, or name of a variable. */
  readonly target: string
  readonly decision: 'allowed' | 'denied'
  /** The rule that allowed it, in canonical text; `null` if none did. */
  readonly rule: string | null
  /** Milliseconds since 1970. */
  readonly time: number
}

export type FsOperation =
  | 'open'
  | 'stat'
  | 'readdir'
  | 'readlink'
  | 'create'
  | 'write'
  | 'mkdir'
  | 'rmdir'
  | 'unlink'
  | 'rename'
  | 'link'
  | 'symlink'
  | 'set-times'

/** Characters of an event. */
const MAX_OPERATION = 64
const MAX_TARGET = 1_024

const FS_READS: ReadonlySet<FsOperation> = new Set(['open', 'stat', 'readdir', 'readlink'])

export type Use =
  | {
      readonly capability: 'fs'
      readonly operation: FsOperation
      readonly target: string
      /** The grant whose directory the object was found in; by `target` alone when absent. */
      readonly grant?: FsGrant
    }
  | {
      readonly capability: 'net'
      readonly operation: string
      readonly target: string
      /** Several for an address that is known by several names: one must be allowed, and none denied. */
      readonly net: NetTarget | readonly NetTarget[]
    }
  | { readonly capability: 'env'; readonly operation: 'read'; readonly target: string }
  | { readonly capability: 'config'; readonly operation: 'get'; readonly target: string }
  | {
      readonly capability: 'keyvalue'
      readonly operation: string
      readonly target: string
      /** Name of the store. */
      readonly store: string
    }

export interface Decision {
  readonly allowed: boolean
  /** Id of the rule that allowed the use. */
  readonly id: number | null
  readonly rule: string | null
}

/** Decides every use of a capability. Lives as long as the plugin on the host's side, as an instance on the plugin's. */
export interface Gate {
  readonly grants: LiveGrants
  /** Decides, and reports the decision as one event. */
  check(use: Use): Decision
  /** Reports a denial that rests on a fact found later, such as the address that a name resolved to. */
  deny(use: Use): Decision
  /** Whether a use would be allowed now, without a report: what was opened by a use that would not must stop working. */
  allows(use: Use): boolean
}

/**
 * `sink` gets one event per decision, in order; those that allowed a use only while they are `heard`, since making and
 * sending an event costs more than most uses. Grants that are no `LiveGrants` never change.
 */
export function createGate(
  plugin: string,
  grants: GrantSet | LiveGrants,
  sink: (event: AccessEvent) => void,
  heard: () => boolean = () => true,
): Gate {
  const live = grants instanceof LiveGrants ? grants : new LiveGrants(grants)
  const report = (use: Use, id: number | null, now: GrantSet): Decision => {
    const rule = id === null ? null : (now.rules[id] ?? null)
    const allowed = id !== null
    if (allowed && !heard()) return { allowed, id, rule }
    sink({
      plugin,
      capability: use.capability,
      // A plugin chooses methods and targets; an event may end up on a terminal or in a log.
      operation: showText(use.operation, MAX_OPERATION),
      target: showText(use.target, MAX_TARGET),
      decision: allowed ? 'allowed' : 'denied',
      rule,
      time: Date.now(),
    })
    return { allowed, id, rule }
  }
  return {
    grants: live,
    check(use) {
      const now = live.current
      return report(use, decide(use, now), now)
    },
    deny: (use) => report(use, null, live.current),
    allows: (use) => decide(use, live.current) !== null,
  }
}

function decide(use: Use, grants: GrantSet): number | null {
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

/** The place is the one that the object was found in, and of two places of one path the one inside. */
function decideFs({ grant, target, operation }: Use & { capability: 'fs' }, grants: GrantSet): number | null {
  const place = grant ?? innermost([...grants.fs, ...grants.former], target)
  const now = place && grants.fs.find(({ at }) => at === place.at)
  if (now === undefined) return null
  return now.access === 'read-write' || FS_READS.has(operation) ? now.id : null
}

/** Denials win; then one rule of the host must match, and one of the manifest if there is a manifest. */
function decideNet(targets: readonly NetTarget[], { net }: GrantSet): number | null {
  if (targets.some((target) => findDenial(net.deny, target) !== undefined)) return null
  for (const target of targets) {
    if (net.requested !== null && !net.requested.some((rule) => matchesNetRule(rule, target))) continue
    const match = net.allow.find((rule) => matchesNetRule(rule, target))
    if (match !== undefined) return match.id
  }
  return null
}
