import { PluginError } from '@wasm-plugin/runtime'
import { errors } from '../errors/index.js'
import type { AsyncContext } from '../ports.js'

/** A function of the application while it runs for a thread, which sleeps until it has answered. */
export interface HostRun {
  /** The instance that waits for it. */
  readonly slot: object
  /** `acme:site/log@0.1.0#log` */
  readonly name: string
  /** When it began, by `performance.now()`. */
  readonly since: number
  /** The function that had made the call in which it was called, if one did. */
  readonly caller: HostRun | undefined
  answered: boolean
}

/** The function of the application that makes this call, whatever it awaited before. */
export function callingRun(runs: AsyncContext): HostRun | undefined {
  return runs.current() as HostRun | undefined
}

export function within<T>(runs: AsyncContext, run: HostRun, work: () => T): T {
  return runs.within(run, work)
}

/** The instances that cannot do anything before this function has answered. */
export function waitingFor(run: HostRun | undefined): object[] {
  const slots: object[] = []
  for (let r = run; r !== undefined && !r.answered; r = r.caller) slots.push(r.slot)
  return slots
}

/** A deadline that a function of the application used up is no fault of the plugin. */
export function late(reason: unknown, waitsFor: HostRun | undefined): unknown {
  if (!PluginError.is(reason, 'DEADLINE_EXCEEDED') || waitsFor === undefined) return reason
  const { name, since } = waitsFor
  const { timeoutMs, limit } = reason.data as { timeoutMs: number; limit?: 'startMs' }
  const isMost = performance.now() - since > timeoutMs / 2
  return isMost
    ? errors.DEADLINE_EXCEEDED({ timeoutMs, ...(limit && { limit }), hostFunction: name })
    : reason
}
