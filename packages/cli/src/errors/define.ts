import type { ErrorRow } from '@wasm-plugin/runtime/errors'

/** Types one row of an error table by the facts that its message needs. */
export const row = <D>(r: ErrorRow<D>): ErrorRow<D> => r

/** ` Did you mean "x"?`, or nothing. */
export const didYouMean = (guess: string | undefined): string => (guess ? ` Did you mean \`${guess}\`?` : '')

/** Names that a message lists: a plugin can have thousands. */
const MAX_LISTED = 50

/** The first of some names, and how many more there are. */
export function some(names: readonly string[], separator: string): string {
  const listed = names.slice(0, MAX_LISTED).join(separator)
  return names.length > MAX_LISTED ? `${listed} and ${names.length - MAX_LISTED} more` : listed
}
