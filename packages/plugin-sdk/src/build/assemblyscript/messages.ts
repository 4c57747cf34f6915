import type { AssemblyScriptBindings } from '../../assemblyscript/generate.js'

/** A compilation that failed. */
export interface Circumstances {
  readonly dir: string
  /** Folder of the generated files, relative to `dir`. */
  readonly generated: string
  readonly bindings: AssemblyScriptBindings
  /** Everything that the compiler printed. */
  readonly output: string
  /** Message of the error that ended the compiler. */
  readonly error: string | null
}

/** Types without the files that they come from: `Document`, `string`. */
export function readable(message: string): string {
  return message.replace(/(?:[\w~.@-]+\/)+(\w+)(?=[<>,'|\s])/g, '$1').replace(/\bString\b/g, 'string')
}
