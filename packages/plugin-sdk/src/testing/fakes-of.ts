/**
 * Fakes for some of the functions that a world imports: `Imports`, as `wasm-plugin types` writes it, with everything
 * optional.
 */
export type FakesOf<Imports> = {
  readonly [K in keyof Imports]?: Imports[K] extends (...args: never) => unknown
    ? Imports[K]
    : Partial<Imports[K]>
}
