import type { Frame } from '@wasm-plugin/runtime/errors'
import { showText } from '@wasm-plugin/runtime/text'
import { languageOf, shownPath } from './paths.js'

/** Characters of a name or a path. */
const MAX_TEXT = 300

export interface Found {
  readonly frame: Frame
  /** It has a place, and that is of no library of its language. */
  readonly isOwn: boolean
}

/** What is known by its name alone. */
export function named(name: string): Found {
  return {
    frame: { function: shown(name), file: null, line: null, column: null, language: null },
    isOwn: false,
  }
}

export interface Place {
  readonly name: string
  readonly directory: string
  readonly file: string
  readonly line: number
  readonly column: number
}

export function placed({ name, directory, file, line, column }: Place, language?: string): Found {
  // Code that a compiler made has line 0.
  if (file === '' || line === 0) return named(name)
  const { path, isToolchain } = shownPath(file, directory)
  return {
    frame: {
      function: shown(name),
      file: shown(path),
      line,
      column: column === 0 ? null : column,
      language: language ?? languageOf(path),
    },
    isOwn: !isToolchain,
  }
}

function shown(text: string): string | null {
  return text === '' ? null : showText(text, MAX_TEXT)
}
