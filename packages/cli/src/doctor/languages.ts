import type { LanguageName } from '../languages/languages.js'
import { checkAssemblyScript } from './assemblyscript.js'
import type { LanguageReport, Place } from './check.js'
import { checkClang } from './clang.js'
import { checkRust } from './rust.js'
import { checkJavaScript, checkTypeScript } from './scripts.js'
import { checkWat } from './wat.js'

/** What each language needs. */
export const languageChecks: Record<LanguageName, (place: Place) => Promise<LanguageReport>> = {
  rust: checkRust,
  assemblyscript: checkAssemblyScript,
  ts: checkTypeScript,
  js: checkJavaScript,
  c: (place) => checkClang('c', place),
  cpp: (place) => checkClang('cpp', place),
  wat: checkWat,
}
