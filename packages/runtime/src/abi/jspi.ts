import type { CoreFunc, CoreValue } from './js-value.js'

/** WebAssembly JavaScript Promise Integration, which TypeScript's libraries do not know yet. */
export interface Jspi {
  readonly promising: (core: CoreFunc) => (...args: CoreValue[]) => Promise<CoreValue | undefined>
  /** Makes an import whose promise suspends the guest. */
  readonly suspending: (call: SuspendableFunc) => CoreFunc
}

export type SuspendableFunc = (...args: CoreValue[]) => CoreValue | undefined | Promise<CoreValue | undefined>

/** `null` where the engine cannot suspend WebAssembly (Node before 24). */
export function findJspi(): Jspi | null {
  const { promising, Suspending } = WebAssembly as unknown as EngineJspi
  if (promising === undefined || Suspending === undefined) return null
  return { promising, suspending: (call) => new Suspending(call) as CoreFunc }
}

interface EngineJspi {
  readonly promising?: Jspi['promising']
  readonly Suspending?: new (call: SuspendableFunc) => unknown
}
