/**
 * `Symbol.dispose`; where it is missing, as in the contexts that test runners make on Node 20, the symbol that TypeScript's
 * helpers look for.
 */
export const DISPOSE: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose')

/** The same for `Symbol.asyncDispose`. */
export const ASYNC_DISPOSE: typeof Symbol.asyncDispose =
  Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')
