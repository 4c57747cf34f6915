import { showLines } from '@wasm-plugin/runtime/text'

/**
 * What goes to a terminal as it goes there: lines, tabs and the colours of `style.ts`, and of everything else that does
 * not print, the escape. Texts of others are shown before they are coloured; this is for the one that was forgotten.
 */
export function guarded(text: string): string {
  return mapBetween(text, OWN_COLOURS, showLines)
}

/** The same for text of a program that the user runs, which may colour as it likes, and ends lines as its system does. */
export function guardedForeign(text: string): string {
  return mapBetween(text, COLOURS_AND_LINE_ENDS, showLines)
}

/** Exactly what `styleText` writes for the formats in use. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the escape sequences of colours.
const OWN_COLOURS = /(\u001b\[(?:1|2|22|31|32|33|36|39)m)/
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
const COLOURS_AND_LINE_ENDS = /(\u001b\[[\d;]*m|\r\n)/

/** `separator` captures, so that every second part is one. */
function mapBetween(text: string, separator: RegExp, map: (text: string) => string): string {
  return text
    .split(separator)
    .map((part, index) => (index % 2 === 0 ? map(part) : part))
    .join('')
}
