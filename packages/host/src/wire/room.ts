import { errors } from '../errors/index.js'
import { weigh } from './weight.js'

/**
 * Refuses what would not fit the heap of a plugin's thread, before it is sent: a message that does not fit ends the whole
 * process, since nothing can stop the engine while it reads one.
 *
 * @throws {VALUE_TOO_LARGE}
 */
export function requireRoom(value: unknown, max: number): void {
  if (weigh(value, max) > max) throw errors.VALUE_TOO_LARGE({ max })
}
