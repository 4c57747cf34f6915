import { errors } from '../errors/plugin-codes.js'

/**
 * What the objects of one instance hold together on the host's side, outside of the plugin's memory and its limits.
 * Each object may be full; that many full objects may not be.
 */
export class HeldBytes {
  readonly #limit: number
  #left: number

  constructor(limit: number) {
    this.#limit = limit
    this.#left = limit
  }

  /** False, and nothing taken, when that would be too much. */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false
    this.#left -= bytes
    return true
  }

  /** For where WIT has no error to answer with. */
  takeOrFault(bytes: number, operation: string): void {
    if (this.take(bytes)) return
    throw errors.WASI_LIMIT({
      operation,
      value: `${bytes} bytes more`,
      max: `${this.#limit} for one instance`,
    })
  }

  give(bytes: number): void {
    this.#left += bytes
  }
}
