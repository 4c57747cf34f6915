/** What is inserted into a function body, or changed in it. */
export const Edit = {
  /** Subtract `value` from the fuel, and trap when it falls below zero. */
  CHECK: 0,
  /** Subtract `value`. */
  CHARGE: 1,
  /** Write a cached counter back, because what follows leaves the function. */
  FLUSH: 2,
  /** Read it again, because what ran in between may have changed it. */
  RELOAD: 3,
  /** Subtract the 32-bit length on the stack, shifted by `value`, and trap when fuel falls below zero. */
  BULK: 4,
  /** The same for a 64-bit length. */
  BULK_WIDE: 5,
  /** The global index at this offset becomes `value`. */
  GLOBAL: 6,
} as const

/**
 * The edits of one function body, by offset in the module. Three parallel arrays, because a large module has
 * millions of them; one plan is reused for all functions.
 */
export class Plan {
  readonly offsets: number[] = []
  readonly kinds: number[] = []
  readonly values: number[] = []
  /** Keep the counter in a local: pays off where a loop runs without a metered call. */
  cached = false
  /** The first edit is the only charge, and nothing is called. */
  leaf = true

  reset(): void {
    this.offsets.length = this.kinds.length = this.values.length = 0
    this.cached = false
    this.leaf = true
  }

  /** Longest path through the function, as far as it is prepaid. */
  get entryCost(): number {
    return this.values[0]!
  }

  /** Answers with the number of the edit, whose value may be set later. */
  add(offset: number, kind: number, value = 0): number {
    this.kinds.push(kind)
    this.values.push(value)
    return this.offsets.push(offset) - 1
  }
}
