import type { Language } from '../build/settings.js'
import { errors } from '../errors/index.js'
import type { Bindings, BindingsRequest } from './language.js'
import { languages } from './table.js'

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
