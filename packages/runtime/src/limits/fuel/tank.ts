import { errors } from '../../errors/index.js'

/**
 * The fuel of one component instance: the global that all its metered core modules count down.
 *
 * A trap is `OUT_OF_FUEL` exactly if `isEmpty` holds after it.
 */
export class FuelTank {
  /** To be given to each metered core module as `fuelImport`. */
  readonly global: WebAssembly.Global
  #filled = 0

  /** @throws {TYPE_MISMATCH} `units` is not a safe integer of 0 or more */
  constructor(units: number) {
    this.global = new WebAssembly.Global({ value: 'i64', mutable: true }, 0n)
    this.refill(units)
  }

  /** Units left; 0 when it ran out. */
  get remaining(): number {
    return Math.max(0, Number(this.global.value))
  }

  /** Units consumed since it was last filled. */
  get consumed(): number {
    return this.#filled - Number(this.global.value)
  }

  /** Whether the guest asked for more than there was. */
  get isEmpty(): boolean {
    return this.global.value < 0n
  }

  /** What it was last filled with. */
  get filled(): number {
    return this.#filled
  }

  /** Sets what is left, whatever was left before. @throws {TYPE_MISMATCH} as the constructor */
  refill(units: number): void {
    if (!Number.isSafeInteger(units) || units < 0) {
      throw errors.TYPE_MISMATCH({
        path: 'fuel',
        expected: 'an integer of 0 or more',
        found: typeof units === 'number' ? String(units) : typeof units,
      })
    }
    this.#filled = units
    this.global.value = BigInt(units)
  }
}
