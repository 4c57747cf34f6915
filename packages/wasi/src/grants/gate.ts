import { showText } from '@wasm-plugin/runtime/text'
import { type DenialReason, decide, explainDenial } from './decide.js'
import type { GrantSet } from './grant-set.js'
import { LiveGrants } from './live-grants.js'
import type { Use } from './use.js'

/** One use of a capability by a plugin, as it was decided. Plain data; `target` holds no control characters. */
export interface AccessEvent {
  readonly plugin: string
  /** `fs`, `net`, `env`, `config` or `keyvalue`; `app.mail` for one of the application's own. */
  readonly capability: string
  /** `open`, `create`, `unlink`, …; an HTTP method, `connect` or `resolve`; `read` for variables. */
  readonly operation: string
  /** Path as the plugin sees it, URL without its query, or name of a variable. */
  readonly target: string
  readonly decision: 'allowed' | 'denied'
  /** The rule that allowed it, in canonical text, or the one with a `!` that denied it; `null` if none did. */
  readonly rule: string | null
  /** Why it was denied; absent when it was allowed. */
  readonly reason?: DenialReason
  /** Milliseconds since 1970. */
  readonly time: number
  /** Id of the call that it happened in, as in the event `call`; absent at the start, and for an inline plugin. */
  readonly call?: number
}

/** Characters of an event. */
const MAX_OPERATION = 64
const MAX_TARGET = 1_024

export interface Decision {
  readonly allowed: boolean
  /** Id of the rule that allowed the use. */
  readonly id: number | null
  /** In canonical text: the rule that allowed the use, or the one that denied it. */
  readonly rule: string | null
  /** Why it was denied; `null` when it was allowed. */
  readonly reason: DenialReason | null
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
 * sending an event costs more than most uses. `count` hears of all of those, by their capability. Grants that are no
 * `LiveGrants` never change.
 */
export function createGate(
  plugin: string,
  grants: GrantSet | LiveGrants,
  sink: (event: AccessEvent) => void,
  heard: () => boolean = () => true,
  count: (capability: string) => void = () => {},
): Gate {
  const live = grants instanceof LiveGrants ? grants : new LiveGrants(grants)
  const report = (use: Use, decision: Decision): Decision => {
    const { allowed, rule, reason } = decision
    if (allowed && !heard()) return decision
    sink({
      plugin,
      capability: use.capability,
      // A plugin chooses methods and targets; an event may end up on a terminal or in a log.
      operation: showText(use.operation, MAX_OPERATION),
      target: showText(use.target, MAX_TARGET),
      decision: allowed ? 'allowed' : 'denied',
      rule,
      ...(reason === null ? {} : { reason }),
      time: Date.now(),
    })
    return decision
  }
  const deny = (use: Use) =>
    report(use, { allowed: false, id: null, ...explainDenial(use, live.current, live.initial) })
  return {
    grants: live,
    check(use) {
      const now = live.current
      const id = decide(use, now)
      if (id === null) return deny(use)
      count(use.capability)
      return report(use, { allowed: true, id, rule: now.rules[id] ?? null, reason: null })
    },
    deny,
    allows: (use) => decide(use, live.current) !== null,
  }
}
