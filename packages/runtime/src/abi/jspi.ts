import type { CoreFuncType } from '../types/index.js'
import type { CoreFunc, CoreValue } from './js-value.js'
import { makeSwitch } from './switch.js'

export type SuspendableFunc = (...args: CoreValue[]) => CoreValue | undefined | Promise<CoreValue | undefined>

/** WebAssembly JavaScript Promise Integration, which TypeScript's libraries do not know yet, for one store. */
export class Jspi {
  readonly promising: (core: CoreFunc) => (...args: CoreValue[]) => Promise<CoreValue | undefined>
  readonly #Suspending: Suspending
  readonly #canSuspend = new WebAssembly.Global({ value: 'i32', mutable: true }, 0)

  private constructor({ promising, Suspending }: Required<EngineJspi>) {
    this.promising = promising
    this.#Suspending = Suspending
  }

  /** `null` where the engine cannot suspend WebAssembly (Node before 24). */
  static find(): Jspi | null {
    const { promising, Suspending } = WebAssembly as unknown as EngineJspi
    return promising === undefined || Suspending === undefined ? null : new Jspi({ promising, Suspending })
  }

  /** All frames of the running call are of WebAssembly, up to a promise that the host has of it. */
  get canSuspend(): boolean {
    return this.#canSuspend.value === 1
  }

  set canSuspend(can: boolean) {
    this.#canSuspend.value = can ? 1 : 0
  }

  /**
   * Makes an import whose promise suspends the guest. An engine refuses to call one at all where it cannot suspend, so there
   * the guest calls it as it is.
   */
  suspending(call: SuspendableFunc, type: CoreFuncType): CoreFunc {
    return makeSwitch(type, { isOn: this.#canSuspend, on: new this.#Suspending(call), off: call })
  }
}

interface EngineJspi {
  readonly promising?: Jspi['promising']
  readonly Suspending?: Suspending
}

type Suspending = new (call: SuspendableFunc) => WebAssembly.ImportValue
