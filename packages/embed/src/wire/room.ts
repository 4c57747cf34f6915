import { errors } from '@wasm-plugin/runtime/errors'
import { weigh } from './weight.js'

/**
 * What fits the heap of a plugin's thread. A message that does not fit ends the whole process, since nothing can stop the
 * engine while it reads one: it is refused before it is sent.
 */
export class Room {
  readonly #max: number
  #left: number

  constructor(max: number) {
    this.#max = max
    this.#left = max
  }

  /** @throws {VALUE_TOO_LARGE} */
  take(weight: number): void {
    this.require(weight)
    this.#left -= weight
  }

  /** Whether so much would fit. @throws {VALUE_TOO_LARGE} */
  require(weight: number): void {
    if (weight > this.#left) throw tooLarge(this.#max)
  }
}

/** The same for a whole value of ours. @throws {VALUE_TOO_LARGE} */
export function requireRoom(value: unknown, max: number): void {
  if (weigh(value, max) > max) throw tooLarge(max)
}

/** Of what is sent to a thread, in the values of `limits.liftedValues`. */
export function tooLarge(max: number): Error {
  return errors.VALUE_TOO_LARGE({ limit: 'liftedValues', max })
}
