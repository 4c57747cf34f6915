import type { Instance } from '@wasm-plugin/runtime'
import { addedUnits, type FunctionUnits } from '../stats/index.js'

/** What each function of a plugin has used of its fuel, in all instances of one thread. */
export class ThreadFunctionFuel {
  #ended: FunctionUnits = []

  /** An instance is there no more. */
  end(instance: Instance): void {
    this.#ended = this.with([instance])
  }

  /** With those that are there still. */
  with(instances: readonly Instance[]): FunctionUnits {
    return instances.reduce(
      (sum: FunctionUnits, { fuel }) => addedUnits(sum, fuel?.functions?.read() ?? []),
      this.#ended,
    )
  }
}
