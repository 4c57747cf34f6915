import type { Frame } from '@wasm-plugin/runtime/errors'
import type { FoundFunction, SampledFunction } from '../frames/function-finder.js'
import type { Sampler } from '../ports.js'
import type { FuelCounts } from '../stats/index.js'

/** Finds functions of one module by what a profiler knows of them; undefined for what is none of the plugin's. */
export type FindFunctions = (functions: readonly SampledFunction[]) => readonly (FoundFunction | undefined)[]

/** Finds a function by the core module of the component, and by its index among those that this defines. */
export type FindDefined = (module: number, index: number) => Frame

/** How it is counted what the functions of a plugin use. */
export interface CountedFuel {
  /** Calls back for each thread as `Profiled.watch` does, with what asks it when it has answered its calls; that rejects once it has ended. */
  watch(add: (count: () => Promise<FuelCounts>) => void): () => void
  functions(): Promise<FindDefined>
}

/** How a build of a plugin is profiled. */
export interface Profiled {
  /**
   * Calls back for each thread that it runs in, and for each that is started until the answer is called; with undefined where
   * nothing can look at the thread.
   */
  watch(add: (sampler: Sampler | undefined) => void): () => void
  functions(): Promise<FindFunctions>
  /** Undefined where it was not loaded for that. */
  readonly fuel: CountedFuel | undefined
}
