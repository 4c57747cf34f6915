import { AsyncLocalStorage } from 'node:async_hooks'

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

const current = new AsyncLocalStorage<HostRun>()

/** The function of the application that makes this call, whatever it awaited before. */
export function callingRun(): HostRun | undefined {
  return current.getStore()
}

export function within<T>(run: HostRun, work: () => T): T {
  return current.run(run, work)
}

/** The instances that cannot do anything before this function has answered. */
export function waitingFor(run: HostRun | undefined): object[] {
  const slots: object[] = []
  for (let r = run; r !== undefined && !r.answered; r = r.caller) slots.push(r.slot)
  return slots
}
