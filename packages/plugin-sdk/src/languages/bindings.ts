import type { Language } from '../build/settings.js'
import { errors } from '../errors/index.js'
import type { LoadWorldOptions } from '../world/load.js'
import { languages } from './table.js'

/** Generated sources for a build of somebody's own. */
export interface Bindings {
  /** World id, as `acme:site/renderer@0.1.0`. */
  readonly world: string
  /** By path below the folder that they go in. */
  readonly files: ReadonlyMap<string, string | Uint8Array>
  /** What to do with them, one step per line: commands to copy, sentences. */
  readonly next: readonly string[]
}

export interface BindingsRequest extends LoadWorldOptions {
  /** Folder of the generated files, as the commands of `next` are to name it. */
  readonly out: string
}

/**
 * Generates the bindings of a world in a language, for people who have a build of their own.
 *
 * @throws {BINDINGS_ELSEWHERE} when the language's own tools make them
 * @throws {WIT_MISSING} {WIT_SYNTAX} {WORLD_UNKNOWN} {TYPE_UNSUPPORTED}
 */
export async function generateBindings(language: Language, request: BindingsRequest): Promise<Bindings> {
  const { bindings } = languages[language]
  if (typeof bindings === 'function') return bindings(request)
  throw errors.BINDINGS_ELSEWHERE({ language, instead: bindings })
}
