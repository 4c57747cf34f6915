import { errors } from '../../errors/capability-codes.js'

/** Bytes for all objects of one instance together: thousands of ordinary messages. */
const LIMIT = 16 << 20

/**
 * What the HTTP objects of one instance hold on the host's side, outside of the plugin's memory and its limits: fields,
 * bodies that are not sent yet, paths. Each object may be full; that many full objects may not be.
 */
export class HeldBytes {
  #left = LIMIT

  /** False, and nothing taken, when that would be too much. */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false
    this.#left -= bytes
    return true
  }

  /** For where WIT has no error to answer with. */
  takeOrFault(bytes: number, operation: string): void {
    if (this.take(bytes)) return
    throw errors.WASI_LIMIT({ operation, value: `${bytes} bytes more`, max: `${LIMIT} for one instance` })
  }

  give(bytes: number): void {
    this.#left += bytes
  }
}
