import { errors } from './errors/index.js'

type Listener = (event: never) => void

const known = new WeakMap<Listener, Listener>()

/**
 * A listener whose failure is the application's own uncaught exception, once everybody has heard the event: it changes
 * neither what a call does nor who else hears. The same for the same listener, by which it is taken off again.
 *
 * @throws {OPTIONS_INVALID}
 */
export function guarded(listener: Listener): Listener {
  if (typeof listener !== 'function')
    throw errors.OPTIONS_INVALID({ path: 'on', reason: 'expected a function for the event' })
  let guard = known.get(listener)
  if (guard === undefined) {
    guard = (event) => {
      try {
        listener(event)
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
    known.set(listener, guard)
  }
  return guard
}
