import { failures } from '../errors/index.js'
import type { ValueSyntax } from './syntax.js'

/**
 * Reads one value from the command line.
 *
 * @throws {INVALID_VALUE} with the position
 */
export function parseValue(text: string): ValueSyntax {
  const reader = new Reader(text)
  const value = reader.value(0)
  reader.end()
  return value
}

/** Deeper than any contract nests, shallower than the stack. */
const MAX_DEPTH = 200
const NUMBER = /-?(?:\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|inf\b)/y
/** WIT names and camelCase names alike; `%` escapes a keyword in WAVE. */
const WORD = /%?[A-Za-z][A-Za-z0-9_-]*/y
const SPACE = /\s*/y

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(depth: number): ValueSyntax {
    if (depth > MAX_DEPTH) this.#fail(`more than ${MAX_DEPTH} levels deep`)
    this.#take(SPACE)
    const first = this.#text[this.#at]
    if (first === '"') return { kind: 'string', text: this.#quoted('"') }
    if (first === "'") return { kind: 'char', text: this.#quoted("'") }
    if (first === '[') return { kind: 'list', items: this.#items('[', ']', depth) }
    if (first === '(') return { kind: 'tuple', items: this.#items('(', ')', depth) }
    if (first === '{') return this.#braces(depth)
    const number = this.#take(NUMBER)
    if (number !== '') return { kind: 'number', text: number }
    const word = this.#take(WORD)
    if (word === '') this.#fail(first === undefined ? 'a value is missing' : `unexpected ${first}`)
    return { kind: 'word', text: word.replace('%', ''), payload: this.#payload(depth) }
  }

  end(): void {
    this.#take(SPACE)
    if (this.#at < this.#text.length) this.#fail(`unexpected ${this.#text[this.#at]} after the value`)
  }

  /** `some(1)`: no space before the parenthesis, and exactly one value in it. */
  #payload(depth: number): ValueSyntax | undefined {
    if (this.#text[this.#at] !== '(') return undefined
    this.#at++
    const value = this.value(depth + 1)
    if (!this.#skip(')')) this.#fail('expected )')
    return value
  }

  #items(open: string, close: string, depth: number): ValueSyntax[] {
    const items: ValueSyntax[] = []
    this.#skip(open)
    while (!this.#skip(close)) {
      items.push(this.value(depth + 1))
      this.#separator(close)
    }
    return items
  }

  #braces(depth: number): ValueSyntax {
    const entries: { name: string; value: ValueSyntax | undefined }[] = []
    this.#skip('{')
    // WAVE writes a record whose optional fields are all left out as `{:}`.
    if (this.#skip(':')) {
      if (!this.#skip('}')) this.#fail('expected }')
      return { kind: 'braces', entries }
    }
    while (!this.#skip('}')) {
      const name = this.#name()
      entries.push({ name, value: this.#skip(':') ? this.value(depth + 1) : undefined })
      this.#separator('}')
    }
    return { kind: 'braces', entries }
  }

  #name(): string {
    this.#take(SPACE)
    if (this.#text[this.#at] === '"') return this.#quoted('"')
    const word = this.#take(WORD)
    if (word === '') this.#fail('a field name is missing')
    return word.replace('%', '')
  }

  #separator(close: string): void {
    this.#take(SPACE)
    if (!this.#skip(',') && this.#text[this.#at] !== close) this.#fail(`expected , or ${close}`)
  }

  #quoted(quote: string): string {
    const start = this.#at++
    let text = ''
    for (;;) {
      const character = this.#text[this.#at]
      if (character === undefined) {
        this.#at = start
        this.#fail(`the quote ${quote} is not closed`)
      }
      this.#at++
      if (character === quote) return text
      text += character === '\\' ? this.#escape() : character
    }
  }

  #escape(): string {
    const character = this.#text[this.#at++]
    const simple = character === undefined ? undefined : ESCAPES.get(character)
    if (simple !== undefined) return simple
    if (character === 'u') {
      const hex = this.#take(HEX4) || this.#take(HEX_BRACED)
      const code = Number.parseInt(hex.replace(/[{}]/g, ''), 16)
      if (code <= 0x10ffff)
        return hex.startsWith('{') ? String.fromCodePoint(code) : String.fromCharCode(code)
    }
    this.#at--
    return this.#fail('unknown escape')
  }

  #skip(character: string): boolean {
    this.#take(SPACE)
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0] ?? ''
    this.#at += found.length
    return found
  }

  #fail(reason: string): never {
    throw failures.INVALID_VALUE({ text: this.#text, at: this.#at, reason })
  }
}

const HEX4 = /[0-9a-fA-F]{4}/y
const HEX_BRACED = /\{[0-9a-fA-F]{1,6}\}/y
const ESCAPES = new Map([
  ['"', '"'],
  ["'", "'"],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])
