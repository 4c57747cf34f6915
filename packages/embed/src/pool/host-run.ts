import { PluginError } from '@wasm-plugin/runtime'
import type { GrantSet } from '@wasm-plugin/wasi'
import { errors } from '../errors/index.js'
import type { AsyncContext } from '../ports.js'

/** What the application's thread does for a thread of a plugin, which sleeps until it is answered. */
export interface HostRun {
  /** The instance that waits for it. */
  readonly slot: object
  /** Those of the plugin, which are its alone. */
  readonly grants: GrantSet
  /** Id of the call in which it is asked; undefined at the start. */
  readonly call: number | undefined
  /** `acme:site/log@0.1.0#log`, or the service that is asked. */
  readonly name: string
  /** When it began and when it was answered, by `performance.now()`. */
  readonly since: number
  until: number | undefined
  /** The function that had made the call in which it was called, if one did. */
  readonly caller: HostRun | undefined
  /** True from the start of what makes no calls: nothing waits for one of them. */
  answered: boolean
}

/** The function of the application that makes this call, whatever it awaited before. */
export function callingRun(runs: AsyncContext): HostRun | undefined {
  return runs.current() as HostRun | undefined
}

/** The call of the plugin with these grants in which something happens in the application's thread. */
export function callOf(runs: AsyncContext, grants: GrantSet): number | undefined {
  const run = callingRun(runs)
  return run?.grants === grants ? run.call : undefined
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
  const { name, since, until = performance.now() } = waitsFor
  const { timeoutMs, limit } = reason.data as { timeoutMs: number; limit?: 'startMs' }
  const isMost = until - since > timeoutMs / 2
  return isMost
    ? errors.DEADLINE_EXCEEDED({ timeoutMs, ...(limit && { limit }), hostFunction: name })
    : reason
}
