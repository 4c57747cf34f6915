/** Calls that one instance may run at a time: an export returns before the next one is entered. */
const CAPACITY = 1

/** Of all instances. */
let uses = 0

/** The calls that an instance is reserved for. */
export class Occupancy {
  #reserved = 0
  #uses = 0
  #lastUse = 0

  /** How often it was reserved: the same number twice says that it was idle meanwhile. */
  get uses(): number {
    return this.#uses
  }

  /** Rises with every use of any instance. */
  get lastUse(): number {
    return this.#lastUse
  }

  get isEmpty(): boolean {
    return this.#reserved === 0
  }

  get hasRoom(): boolean {
    return this.#reserved < CAPACITY
  }

  /** One more call, which may be one that is put behind others. */
  enter(): void {
    this.#reserved++
    this.#uses++
    this.#lastUse = ++uses
  }

  /** Nobody calls it until it leaves, which is no use. */
  hold(): void {
    this.#reserved++
  }

  leave(): void {
    this.#reserved--
  }
}
