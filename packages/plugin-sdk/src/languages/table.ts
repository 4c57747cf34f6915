import type { Language } from '../build/settings.js'
import { assemblyscript } from './assemblyscript.js'
import { c } from './c.js'
import { cpp } from './cpp.js'
import { js } from './js.js'
import type { LanguageSupport } from './language.js'
import { rust } from './rust.js'
import { ts } from './ts.js'
import { wat } from './wat.js'

/** Every language that plugins can be written in, in the order in which a project's files are asked. */
export const languages = { rust, assemblyscript, ts, js, c, cpp, wat } as const satisfies Record<
  Language,
  LanguageSupport
>
