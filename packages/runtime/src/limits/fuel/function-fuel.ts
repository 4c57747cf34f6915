import type { CoreGlobal } from '../../engine-types.js'
import { counterExport } from './count-functions.js'

/** What each function of one component instance has used of its fuel, where its modules were compiled to count that. */
export class FunctionFuel {
  /** Of each core module, by its index in the component: the counters of each instance of it. */
  readonly #modules: CoreGlobal[][][] = []

  /** @param exports those of an instance of a core module */
  add(module: number, exports: Readonly<Record<string, unknown>>): void {
    const counters: CoreGlobal[] = []
    for (;;) {
      const counter = exports[counterExport(counters.length)]
      if (counter === undefined) break
      counters.push(counter as CoreGlobal)
    }
    while (this.#modules.length <= module) this.#modules.push([])
    this.#modules[module]!.push(counters)
  }

  /** Units by module of the component, and by the functions that it defines, in their order. */
  read(): Float64Array[] {
    return this.#modules.map((instances) => {
      const units = new Float64Array(instances[0]?.length ?? 0)
      for (const counters of instances)
        for (const [i, { value }] of counters.entries()) units[i]! += Number(value)
      return units
    })
  }
}
