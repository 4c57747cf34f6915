import type { FindFunctions, Profiled } from '../profile/profiled.js'
import type { Admitted } from './admit.js'

/** How a plugin is profiled that runs where `watch` says. */
export function profiledBy(
  { component, debug }: Pick<Admitted, 'component' | 'debug'>,
  watch: Profiled['watch'],
): Profiled {
  return {
    watch,
    async functions(): Promise<FindFunctions> {
      // Most applications never do.
      const { FunctionFinder } = await import('../frames/function-finder.js')
      const { options } = component.transfer()
      const code = await debug.readCode()
      try {
        const finder = new FunctionFinder(code, options)
        return (functions) => finder.find(functions)
      } catch {
        // What is said to be the same component with more in it is none: then there are the names that engines know.
        const finder = new FunctionFinder({ ...code, component: null }, options)
        return (functions) => finder.find(functions)
      }
    },
  }
}
