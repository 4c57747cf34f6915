/**
 * A value as it is written down, before it is known what type it has. The grammar is JSON and WAVE (the text
 * form of component values) at once, so that either may be typed, pasted, or mixed.
 */
export type ValueSyntax =
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  /** A WAVE char: `'x'`. */
  | { readonly kind: 'char'; readonly text: string }
  /** `true`, `none`, `red`, `some(1)`: a bare word, with what stands in its parentheses. */
  | { readonly kind: 'word'; readonly text: string; readonly payload: ValueSyntax | undefined }
  | { readonly kind: 'list'; readonly items: readonly ValueSyntax[] }
  | { readonly kind: 'tuple'; readonly items: readonly ValueSyntax[] }
  /** A record, or WAVE flags, whose entries have no value. */
  | { readonly kind: 'braces'; readonly entries: readonly Entry[] }

interface Entry {
  readonly name: string
  readonly value: ValueSyntax | undefined
}

/** How a value is named in an error message. */
export function describeSyntax(value: ValueSyntax): string {
  switch (value.kind) {
    case 'number':
      return value.text
    case 'string':
      return JSON.stringify(value.text)
    case 'char':
      return `'${value.text}'`
    case 'word':
      return value.payload === undefined ? `\`${value.text}\`` : `\`${value.text}(…)\``
    case 'list':
      return `a list of ${value.items.length}`
    case 'tuple':
      return `a tuple of ${value.items.length}`
    case 'braces':
      return `{${value.entries.map((entry) => entry.name).join(', ')}}`
  }
}
