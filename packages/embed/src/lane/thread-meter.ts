import type { Counts } from '../stats/index.js'
import { laneMeter } from './memory.js'

/** What is decided where the plugin runs; all else is in the application's thread. */
const CAPABILITIES = ['fs', 'env', 'config'] as const

/** How many it counts. */
export const METER_NUMBERS = 3 + CAPABILITIES.length

/** Indices of the numbers, of which the last are those of the capabilities. */
const FUEL = 0
const BYTES_IN = 1
const BYTES_OUT = 2
const USES = 3

/** What the instances of one thread use: the thread writes it, beside its lane, and the application reads it. */
export class ThreadMeter {
  readonly #numbers: Float64Array

  /** @param lane its memory */
  constructor(lane: SharedArrayBuffer) {
    this.#numbers = laneMeter(lane)
  }

  allowed(capability: string): void {
    const index = CAPABILITIES.indexOf(capability as (typeof CAPABILITIES)[number])
    if (index >= 0) this.#numbers[USES + index]!++
  }

  /** All that was used, of which one instance may be a part only. */
  set(fuel: number, bytesIn: number, bytesOut: number): void {
    const numbers = this.#numbers
    numbers[FUEL] = fuel
    numbers[BYTES_IN] = bytesIn
    numbers[BYTES_OUT] = bytesOut
  }

  get counts(): Counts {
    const numbers = this.#numbers
    const uses: Record<string, number> = Object.create(null)
    for (const [i, capability] of CAPABILITIES.entries()) {
      const count = numbers[USES + i] as number
      if (count > 0) uses[capability] = count
    }
    return {
      fuel: numbers[FUEL] as number,
      bytesIn: numbers[BYTES_IN] as number,
      bytesOut: numbers[BYTES_OUT] as number,
      uses,
    }
  }

  /** For an application that does not share this memory. */
  numbers(): number[] {
    return [...this.#numbers.subarray(0, METER_NUMBERS)]
  }

  /** @param numbers of the same kind, and none less than before */
  take(numbers: readonly number[]): void {
    this.#numbers.set(numbers)
  }
}
