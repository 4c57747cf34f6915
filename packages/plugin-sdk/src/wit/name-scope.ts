/**
 * Names of one scope of generated code. None is a word of the language, none is one that the code itself uses, and none is
 * given twice.
 */
export class NameScope {
  readonly #taken: Set<string>

  constructor(...reserved: readonly Iterable<string>[]) {
    this.#taken = new Set(reserved.flatMap((names) => [...names]))
  }

  /** The first of the candidates that is free, or the last with a number behind. */
  take(first: string, ...others: readonly string[]): string {
    const candidates = [first, ...others]
    let name = candidates.find((candidate) => !this.#taken.has(candidate))
    const last = candidates.at(-1)!
    for (let i = 2; name === undefined; i++) if (!this.#taken.has(`${last}${i}`)) name = `${last}${i}`
    this.#taken.add(name)
    return name
  }
}
