import type { FsGrant, GrantSet, NetAllow } from './grant-set.js'
import { matchesNetRule, type NetTarget } from './net/pattern.js'
import { RuleState } from './rule-state.js'

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
  /** Decides, and reports the decision as one event. */
  check(use: Use): Decision
  /** Reports a denial that rests on a fact found later, such as the address that a name resolved to. */
  deny(use: Use): Decision
  /** True until the rule is revoked; what was opened under it must stop working then. */
  isLive(id: number): boolean
}

/** `sink` gets one event per decision, in order. `state` is shared with the side that may revoke. */
export function createGate(
  plugin: string,
  grants: GrantSet,
  sink: (event: AccessEvent) => void,
  state: RuleState = new RuleState(grants),
): Gate {
  const isLive = (id: number) => !state.isRevoked(id)
  const report = (use: Use, id: number | null): Decision => {
    const rule = id === null ? null : (grants.rules[id] ?? null)
    const allowed = id !== null
    sink({
      plugin,
      capability: use.capability,
      operation: use.operation,
      target: printable(use.target),
      decision: allowed ? 'allowed' : 'denied',
      rule,
      time: Date.now(),
    })
    return { allowed, id, rule }
  }
  return {
    check: (use) => report(use, decide(use, grants, isLive)),
    deny: (use) => report(use, null),
    isLive,
  }
}

function decide(use: Use, grants: GrantSet, isLive: (id: number) => boolean): number | null {
  switch (use.capability) {
    case 'fs':
      return decideFs(use.grant ?? innermost(grants.fs, use.target), use.operation, isLive)
    case 'net':
      return decideNet([use.net].flat(), grants, isLive)
    case 'env':
      return grants.env.find(({ key, id }) => key === use.target && isLive(id))?.id ?? null
    case 'config':
      return grants.config.find(({ key, id }) => key === use.target && isLive(id))?.id ?? null
    case 'keyvalue':
      return grants.keyvalue.find(({ name, id }) => name === use.store && isLive(id))?.id ?? null
  }
}

function decideFs(
  grant: FsGrant | undefined,
  operation: FsOperation,
  isLive: (id: number) => boolean,
): number | null {
  if (grant === undefined || !isLive(grant.id)) return null
  return grant.access === 'read-write' || FS_READS.has(operation) ? grant.id : null
}

/** Denials win; then one rule of the host must match, and one of the manifest if there is a manifest. */
function decideNet(
  targets: readonly NetTarget[],
  { net }: GrantSet,
  isLive: (id: number) => boolean,
): number | null {
  if (targets.some((target) => net.deny.some((rule) => matchesNetRule(rule, target)))) return null
  for (const target of targets) {
    if (net.requested !== null && !net.requested.some((rule) => matchesNetRule(rule, target))) continue
    const match = net.allow.find((rule: NetAllow) => isLive(rule.id) && matchesNetRule(rule, target))
    if (match !== undefined) return match.id
  }
  return null
}

function innermost(grants: readonly FsGrant[], path: string): FsGrant | undefined {
  let best: FsGrant | undefined
  for (const grant of grants) {
    const covers = grant.at === '/' || path === grant.at || path.startsWith(`${grant.at}/`)
    if (covers && grant.at.length >= (best?.at.length ?? 0)) best = grant
  }
  return best
}

/** A plugin chooses its targets; an event may end up on a terminal or in a log. */
function printable(target: string): string {
  const cut = target.length > 1_024 ? `${target.slice(0, 1_024)}…` : target
  return /[\p{Cc}\p{Cf}\u2028\u2029]/u.test(cut)
    ? cut.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`)
    : cut
}
