import type { Language } from '../build/settings.js'
import { errors } from '../errors/index.js'
import type { World } from '../world/world.js'
import type { LanguageSupport } from './language.js'
import { ProjectFiles } from './project-files.js'
import { languages } from './table.js'

/** Names of the languages that plugins can be written in. */
export const languageNames = Object.keys(languages) as readonly Language[] // Literally its keys.

/** What is the same for every project in a language. */
export function languageSupport(name: Language): LanguageSupport {
  return languages[name]
}

/**
 * Language of the project in `dir`, from its files.
 *
 * @throws {PROJECT_UNKNOWN}
 */
export function detectLanguage(dir: string): Language {
  const project = new ProjectFiles(dir)
  const name = languageNames.find((language) => languages[language].owns(project))
  if (name !== undefined) return name
  const marks = languageNames.map((language) => languages[language].mark).join(', ')
  throw errors.PROJECT_UNKNOWN({ dir, reason: `it has none of ${marks}` })
}

/**
 * Source files that have everything a world asks for, with nothing in it yet; they compile. By path beside the entry
 * file, which is among them: `lib.rs`, or `index.ts`.
 */
export function writeStubs(world: World, language: Language): Promise<ReadonlyMap<string, string>> {
  return languages[language].stubs(world)
}
