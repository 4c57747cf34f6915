/** The newest of something, newest first. */
export class Ring<T> {
  readonly #max: number
  #items: readonly T[] = []

  constructor(max: number) {
    this.#max = max
  }

  get items(): readonly T[] {
    return this.#items
  }

  /** @param added in the order in which they happened */
  add(added: readonly T[]): void {
    if (added.length > 0) this.#items = [...added.toReversed(), ...this.#items].slice(0, this.#max)
  }
}
