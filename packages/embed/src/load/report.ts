import type { FinishedCall } from '../call/call.js'
import { faultKind } from '../contract/fault.js'
import type { FaultEvent } from '../events.js'
import type { TracedCall } from '../telemetry.js'
import type { Admitted, LoadContext } from './admit.js'

/** The event of a call that is over. */
export function reportCall(host: LoadContext, plugin: string, call: FinishedCall, hostMs = 0): void {
  const { id, durationMs, waitedMs, error } = call
  host.emit('call', {
    plugin,
    id,
    export: call.export,
    ...{ durationMs, waitedMs, hostMs: Math.min(hostMs, durationMs) },
    ...(error === undefined ? {} : { error }),
  })
}

/** A call as it is told to whoever traces it. */
export function tracedCall({ name, digest, manifest }: Admitted, target: string): TracedCall {
  return { plugin: name, digest, version: manifest?.version, export: target }
}

/** The event of a failure that ended an instance, or came of a limit; none for a mistake of the caller. */
export function reportFault(
  host: LoadContext,
  plugin: string,
  failure: Pick<FaultEvent, 'call' | 'export' | 'error'>,
): void {
  const kind = faultKind(failure.error)
  if (kind !== undefined) host.emit('fault', { plugin, kind, ...failure })
}
