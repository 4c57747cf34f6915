import type { CompileOptions } from '@wasm-plugin/runtime'
import type { Frame } from '@wasm-plugin/runtime/errors'
import { engineErrorOf } from '@wasm-plugin/runtime/internal'
import { showText } from '@wasm-plugin/runtime/text'
import { faultKind } from '../contract/fault.js'
import { PluginError } from '../errors/plugin-error.js'
import { engineFrames } from './engine-stack.js'
import { type DebugInformation, FrameFinder } from './frame-finder.js'
import { saidFrames } from './said.js'
import { setFrames, withFrames } from './with-frames.js'

/** Says of the faults of one component where in the author's sources they were. */
export class FaultFrames {
  readonly #options: CompileOptions
  readonly #information: () => DebugInformation | null
  #finder: FrameFinder | null | undefined

  /** @param information asked for with the first fault */
  constructor(options: CompileOptions, information: () => DebugInformation | null) {
    this.#options = options
    this.#information = information
  }

  /** The error, with frames where it is a fault that has some. Never throws. */
  addTo(error: unknown): unknown {
    if (!PluginError.is(error) || error.frames !== undefined || faultKind(error) === undefined) return error
    try {
      const found = this.#found(error)
      const said = found.some(({ file }) => file !== null) ? [] : saidFrames(stderrOf(error))
      if (said.length > 0) setFrames(error, said)
      else if (found.some(says)) withFrames(error, found)
    } catch {
      // The fault is more than where it was.
    }
    return error
  }

  #found(error: PluginError): readonly Frame[] {
    const stack = engineFrames(engineErrorOf(error))
    if (stack.length === 0) return []
    this.#finder ??= this.#makeFinder()
    if (this.#finder !== null) return this.#finder.find(stack)
    return stack.map(({ name }) => ({
      function: name && showText(name),
      ...{ file: null, line: null, column: null, language: null },
    }))
  }

  #makeFinder(): FrameFinder | null {
    this.#finder = null
    const information = this.#information()
    return information && new FrameFinder(information, this.#options)
  }
}

/** An engine of another language has no names for its own functions. */
function says({ function: name, file }: Frame): boolean {
  return name !== null || file !== null
}

function stderrOf(error: PluginError): readonly string[] {
  return PluginError.is(error, 'GUEST_TRAP') ? (error.data.stderr ?? []) : []
}
