import type { CoreGlobal } from '../../engine-types.js'
import { errors } from '../../errors/index.js'
import { FunctionFuel } from './function-fuel.js'
import { type Gauge, gaugeOf } from './gauge.js'

/**
 * The fuel of one component instance: the global that all its metered core modules count down.
 *
 * A trap is `OUT_OF_FUEL` exactly if `isEmpty` holds after it.
 */
export class FuelTank {
  /** To be given to each metered core module as `fuelImport`. */
  readonly global: CoreGlobal
  /** By function; undefined where the modules were not compiled to count that. */
  readonly functions: FunctionFuel | undefined
  #filled = 0
  /** Units consumed before. */
  #before = 0
  /** Work outside of the modules that is not taken from the global yet: the global is slow to change. */
  #owed = 0
  readonly #gauge: Gauge

  /**
   * @param counts whether the modules count the fuel of each function
   * @throws {TYPE_MISMATCH} `units` is not a safe integer of 0 or more
   */
  constructor(units: number, counts = false) {
    this.functions = counts ? new FunctionFuel() : undefined
    this.global = new WebAssembly.Global({ value: 'i64', mutable: true }, 0n)
    this.#gauge = gaugeOf(this.global)
    this.refill(units)
  }

  /** Units left; 0 when it ran out. */
  get remaining(): number {
    return Math.max(0, this.#gauge.left() - this.#owed)
  }

  /** Units consumed since it was last filled. */
  get consumed(): number {
    return this.#filled - this.#gauge.left() + this.#owed
  }

  /** Units consumed since it was made. */
  get used(): number {
    return this.#before + this.consumed
  }

  /** Whether the guest asked for more than there was. */
  get isEmpty(): boolean {
    return this.global.value < 0n
  }

  /** What it was last filled with. */
  get filled(): number {
    return this.#filled
  }

  /**
   * Takes fuel for work that is done for the guest outside of its modules, in steps of `STEP`.
   * @throws {OUT_OF_FUEL}
   */
  spend(units: number): void {
    this.#owed += units
    if (this.#owed < STEP) return
    this.global.value -= BigInt(Math.ceil(this.#owed))
    this.#owed = 0
    if (this.isEmpty) throw errors.OUT_OF_FUEL({ fuel: this.#filled })
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
    this.#before += this.#filled - this.#gauge.swap(units) + this.#owed
    this.#filled = units
    this.#owed = 0
  }
}

const STEP = 50_000
