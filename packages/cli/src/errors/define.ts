import type { ErrorRow } from '@wasm-plugin/runtime/errors'

/** Types one row of an error table by the facts that its message needs. */
export const row = <D>(r: ErrorRow<D>): ErrorRow<D> => r

/** ` Did you mean "x"?`, or nothing. */
export const didYouMean = (guess: string | undefined): string => (guess ? ` Did you mean \`${guess}\`?` : '')
