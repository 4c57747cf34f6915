const printable = /[^\p{Cc}\p{Cf}\u2028\u2029]/gu
const MAX_LENGTH = 500

/** Text out of a component as it may be printed on a terminal: one line without control characters, not too long. */
export function plainText(text: string): string {
  return (text.match(printable) ?? []).join('').slice(0, MAX_LENGTH)
}
