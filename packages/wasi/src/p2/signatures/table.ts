import table from './wasi.json' with { type: 'json' }

/**
 * A type of WASI. A text is a primitive; a handle names its resource as `wasi:io/poll#pollable`; numbers are indexes of
 * `types`. `tuple` has its types, `record` and `variant` names and types, `enum` and `flags` names.
 */
export type Shape =
  | string
  | ['list' | 'option', number]
  | ['result', number | null, number | null]
  | ['own' | 'borrow', string]
  | ['tuple', ...number[]]
  | ['record', ...[string, number][]]
  | ['variant', ...[string, number | null][]]
  | ['enum' | 'flags', ...string[]]

/** Parameters and result of a function. Names of parameters are not part of it: nothing depends on them. */
export type Signature = readonly [params: readonly number[], result: number | null]

/** What WASI says: generated from `wit/deps` by `test/wasi/signatures.test.ts -u`. */
export interface SignatureTable {
  readonly types: readonly Shape[]
  /** By interface without its version; drafts may have several. By function, as a component writes it. */
  readonly interfaces: Readonly<Record<string, readonly Readonly<Record<string, Signature>>[]>>
}

const { types, interfaces } = table as unknown as SignatureTable

export const shapes = types

/** By interface: the functions by their names. Names come from components, so they are looked up in maps. */
export const functionsOf: ReadonlyMap<string, readonly ReadonlyMap<string, Signature>[]> = new Map(
  Object.entries(interfaces).map(([name, versions]) => [
    name,
    versions.map((functions) => new Map(Object.entries(functions))),
  ]),
)
