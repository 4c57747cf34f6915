import { assemblyscript } from './assemblyscript.js'
import type { LanguageSupport } from './language.js'
import { rust } from './rust.js'

/** Every language that plugins can be written in, in the order in which a project's files are asked. */
export const languages = { rust, assemblyscript } as const satisfies Record<string, LanguageSupport>
