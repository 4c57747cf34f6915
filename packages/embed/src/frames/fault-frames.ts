import type { CompileOptions } from '@wasm-plugin/runtime'
import type { Frame } from '@wasm-plugin/runtime/errors'
import { engineErrorOf } from '@wasm-plugin/runtime/internal'
import { showText } from '@wasm-plugin/runtime/text'
import { type Awaitable, chain, rescue } from '@wasm-plugin/wasi/gate'
import { faultKind } from '../contract/fault.js'
import { PluginError } from '../errors/plugin-error.js'
import { engineFrames } from './engine-stack.js'
import { type DebugInformation, FrameFinder } from './frame-finder.js'
import { saidFrames } from './said.js'
import { setFrames, withFrames } from './with-frames.js'

/** Says of the faults of one component where in the author's sources they were. */
export class FaultFrames {
  readonly #options: CompileOptions
  readonly #information: () => Awaitable<DebugInformation | null>
  #finder: FrameFinder | null | undefined

  /** @param information asked for with the first fault */
  constructor(options: CompileOptions, information: () => Awaitable<DebugInformation | null>) {
    this.#options = options
    this.#information = information
  }

  /** The error, with frames where it is a fault that has some; later, where they are waited for. Never throws. */
  addTo(error: unknown): Awaitable<unknown> {
    if (!PluginError.is(error) || error.frames !== undefined || faultKind(error) === undefined) return error
    const add = (found: readonly Frame[]) => {
      const said = found.some(({ file }) => file !== null) ? [] : saidFrames(stderrOf(error))
      if (said.length > 0) setFrames(error, said)
      else if (found.some(says)) withFrames(error, found)
      return error
    }
    // The fault is more than where it was.
    return rescue(
      () => chain(this.#found(error), add),
      () => error,
    )
  }

  #found(error: PluginError): Awaitable<readonly Frame[]> {
    const stack = engineFrames(engineErrorOf(error))
    if (stack.length === 0) return []
    return chain(this.#finder ?? this.#makeFinder(), (finder) => {
      if (finder !== null) return finder.find(stack)
      return stack.map(({ name }) => ({
        function: name && showText(name),
        ...{ file: null, line: null, column: null, language: null },
      }))
    })
  }

  #makeFinder(): Awaitable<FrameFinder | null> {
    this.#finder = null
    return chain(this.#information(), (information) => {
      this.#finder = information && new FrameFinder(information, this.#options)
      return this.#finder
    })
  }
}

/** An engine of another language has no names for its own functions. */
function says({ function: name, file }: Frame): boolean {
  return name !== null || file !== null
}

function stderrOf(error: PluginError): readonly string[] {
  return PluginError.is(error, 'GUEST_TRAP') ? (error.data.stderr ?? []) : []
}
