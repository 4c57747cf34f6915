/** A token of WIT text. A doc comment is one token; other comments are none. */
export interface WitToken {
  readonly kind: 'doc' | 'word' | 'symbol'
  /** For a doc comment: its text without the markers. */
  readonly text: string
  /** 1-based. */
  readonly line: number
}

/** Splits WIT text into tokens. `->` is one symbol, so that a `>` always closes a `<`. */
export function tokenizeWit(text: string): WitToken[] {
  const tokens: WitToken[] = []
  let line = 1
  for (const [lexeme] of text.matchAll(LEXEME)) {
    if (lexeme.startsWith('///'))
      tokens.push({ kind: 'doc', text: lexeme.slice(3).replace(/^ /, '').trimEnd(), line })
    else if (/^\/\*\*[^*/]/.test(lexeme)) tokens.push({ kind: 'doc', text: blockText(lexeme), line })
    else if (/^[%\w]/.test(lexeme)) tokens.push({ kind: 'word', text: lexeme, line })
    else if (!/^(\s|\/[/*])/.test(lexeme)) tokens.push({ kind: 'symbol', text: lexeme, line })
    line += lexeme.split('\n').length - 1
  }
  return tokens
}

/** Block comments nest in WIT; one level is as deep as anyone goes. */
const LEXEME = /\/\/[^\n]*|\/\*(?:\/\*[\s\S]*?\*\/|[\s\S])*?\*\/|\s+|%?[A-Za-z0-9][\w.-]*|->|./gs

function blockText(lexeme: string): string {
  return lexeme
    .slice(3, -2)
    .split('\n')
    .map((row) => row.replace(/^\s*\*? ?/, '').trimEnd())
    .join('\n')
    .trim()
}
