import type { FunctionFinder } from '../frames/function-finder.js'
import type { CountedFuel, Profiled } from '../profile/profiled.js'
import type { Admitted } from './admit.js'

/** Where a plugin runs. */
export interface Watched {
  readonly threads: Profiled['watch']
  readonly fuel: CountedFuel['watch']
}

/** How a plugin is profiled that runs where `watch` says. */
export function profiledBy(
  { component, debug }: Pick<Admitted, 'component' | 'debug'>,
  { threads, fuel }: Watched,
): Profiled {
  const { options } = component.transfer()
  const finder = async (): Promise<FunctionFinder> => {
    // Most applications never do.
    const { FunctionFinder } = await import('../frames/function-finder.js')
    const code = await debug.readCode()
    try {
      return new FunctionFinder(code, options)
    } catch {
      // What is said to be the same component with more in it is none: then there are the names that engines know.
      return new FunctionFinder({ ...code, component: null }, options)
    }
  }
  return {
    watch: threads,
    async functions() {
      const found = await finder()
      return (functions) => found.find(functions)
    },
    fuel:
      options.fuel === 'functions'
        ? {
            watch: fuel,
            async functions() {
              const found = await finder()
              return (module, index) => found.defined(module, index)
            },
          }
        : undefined,
  }
}
