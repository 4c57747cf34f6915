import { showText } from '../text/index.js'

const BRAND = Symbol.for('wasm-plugin.component-error')

/**
 * The `err` case of a WIT `result`, thrown by an export whose return type is a `result`, and thrown by a host
 * function to return `err` to the plugin. `payload` is the error value (`undefined` for `result<T>`), as it is; `message`
 * shows the beginning of it on one line.
 * It is a normal outcome: the instance stays usable.
 */
export class ComponentError<E = unknown> extends Error {
  readonly payload: E

  constructor(payload: E, message?: string) {
    super(
      message ??
        (typeof payload === 'string' ? showText(payload, MAX_MESSAGE) : 'the plugin returned an error'),
    )
    this.name = 'ComponentError'
    this.payload = payload
    Object.defineProperty(this, BRAND, { value: true })
  }

  static is(value: unknown): value is ComponentError {
    return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[BRAND] === true
  }
}

/** Characters of a message, which is copied into stack traces and logs. */
const MAX_MESSAGE = 1_000
