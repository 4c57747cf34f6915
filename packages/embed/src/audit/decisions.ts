import type { AccessEvent, GrantSet } from '@wasm-plugin/wasi'
import type { NamedEvents } from '../events.js'
import type { Learner } from '../learn/index.js'
import type { AuditOptions } from '../options/given.js'
import type { HostPorts } from '../ports.js'
import type { Totals } from '../stats/index.js'

export interface DecisionsParts {
  readonly plugin: string
  readonly grants: GrantSet
  readonly audit: Required<AuditOptions> | undefined
  readonly learner: Learner | undefined
  readonly ports: Pick<HostPorts, 'audit' | 'decisions'>
  readonly totals: Totals
  emit<K extends keyof NamedEvents>(event: K, payload: Parameters<NamedEvents[K]>[0]): void
  /** Whether the application listens to an event of the host. */
  listens(event: keyof NamedEvents): boolean
}

/** Where the decisions about one plugin go, in the order in which they arrive. Lives as long as the plugin. */
export interface Decisions {
  take(event: AccessEvent): void
  /** Whether anybody hears of a use that was allowed. */
  heard(): boolean
  /** Writes out the audit file. Idempotent. */
  close(): void
}

/** @throws {AUDIT_UNWRITABLE} {AUDIT_UNSAFE} */
export function createDecisions({
  plugin,
  grants,
  audit,
  learner,
  emit,
  listens,
  ports,
  totals,
}: DecisionsParts): Decisions {
  const published = ports.decisions
  const file =
    audit && ports.audit.open(audit, grants, (loss) => emit('auditIncomplete', { plugin, ...loss }))
  return {
    take(event) {
      // Frozen, because it is shared by listeners that do not know of each other.
      Object.freeze(event)
      file?.append(event)
      learner?.take(event)
      if (event.decision === 'denied') totals.denied(event.capability)
      emit(event.decision, event)
      if (published.hasSubscribers) published.publish(event)
    },
    heard: () =>
      file !== undefined || learner !== undefined || published.hasSubscribers || listens('allowed'),
    close: () => file?.close(plugin),
  }
}
