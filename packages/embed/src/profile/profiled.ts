import type { FoundFunction, SampledFunction } from '../frames/function-finder.js'
import type { Sampler } from '../ports.js'

/** Finds functions of one module by what a profiler knows of them; undefined for what is none of the plugin's. */
export type FindFunctions = (functions: readonly SampledFunction[]) => readonly (FoundFunction | undefined)[]

/** How a build of a plugin is profiled. */
export interface Profiled {
  /**
   * Calls back for each thread that it runs in, and for each that is started until the answer is called; with undefined where
   * nothing can look at the thread.
   */
  watch(add: (sampler: Sampler | undefined) => void): () => void
  functions(): Promise<FindFunctions>
}
