import type { FinishedCall } from '../call/call.js'
import { faultKind } from '../contract/fault.js'
import type { FaultEvent } from '../events.js'
import type { LoadContext } from './admit.js'

/** The event of a call that is over. */
export function reportCall(host: LoadContext, plugin: string, call: FinishedCall): void {
  const { id, durationMs, error } = call
  host.emit('call', {
    plugin,
    id,
    export: call.export,
    durationMs,
    ...(error === undefined ? {} : { error }),
  })
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
