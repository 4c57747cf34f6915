import type { Language } from '@wasm-plugin/sdk'
import { assemblyscriptVersion } from './versions.js'

/** What differs between the languages of a new project; the rest is in `templates/<language>`. */
export interface LanguageTemplate {
  /** As a person writes it. */
  readonly title: string
  /** The file that a plugin's author writes. */
  readonly entry: string
  /** The compiler, where npm has it. */
  readonly devDependencies: Readonly<Record<string, string>>
}

export const languages = {
  rust: { title: 'Rust', entry: 'src/lib.rs', devDependencies: {} },
  assemblyscript: {
    title: 'AssemblyScript',
    entry: 'assembly/index.ts',
    devDependencies: { assemblyscript: assemblyscriptVersion },
  },
} as const satisfies Record<Language, LanguageTemplate>

export type LanguageName = Language

export const languageNames = Object.keys(languages) as readonly LanguageName[] // Literally its keys.

export function isLanguageName(name: string | undefined): name is LanguageName {
  return name !== undefined && Object.hasOwn(languages, name)
}
