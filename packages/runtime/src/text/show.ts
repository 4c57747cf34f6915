/**
 * Text of somebody else as one line that shows everything in it and does nothing: controls, line ends, what reorders or
 * hides text, and halves of characters become `\u{1b}`. Everything that reaches a terminal, a log or a message and was
 * written by a plugin, a server or a file goes through here.
 *
 * @param max Characters after which it is cut, with `…` in the place of the rest.
 */
export function showText(text: string, max = Number.POSITIVE_INFINITY): string {
  const cut = text.length > max ? `${text.slice(0, max)}…` : text
  return HIDDEN.test(cut) ? cut.replace(EACH_HIDDEN, escapeCharacter) : cut
}

/** The same for text that may have several lines, and tabs. */
export function showLines(text: string): string {
  return HIDDEN.test(text) ? text.replace(EACH_HIDDEN, keepLayout) : text
}

/** The same for the text of a JSON document, which stays the same document. */
export function showJson(json: string): string {
  return HIDDEN.test(json) ? json.replace(EACH_HIDDEN, escapeInJson) : json
}

/** True for text that can be shown as it is, on one line. */
export function isPlainText(text: string): boolean {
  return !HIDDEN.test(text)
}

/**
 * Controls of ASCII and C1, format characters (bidirectional, zero width, tags), separators of lines and paragraphs,
 * halves of surrogate pairs, and what is drawn as nothing. The two selectors of emoji are part of honest text.
 */
const SET = String.raw`(?![\ufe0e\ufe0f])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]`
const HIDDEN = new RegExp(SET, 'u')
const EACH_HIDDEN = new RegExp(SET, 'gu')

function escapeCharacter(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`
}

function keepLayout(character: string): string {
  return character === '\n' || character === '\t' ? character : escapeCharacter(character)
}

/** Between the values of a document there are line ends alone, and inside of its strings there is none. */
function escapeInJson(character: string): string {
  if (character === '\n') return character
  return [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('')
}
