import { showText } from '../text/index.js'

const BRAND = Symbol.for('wasm-plugin.component-error')

/**
 * The `err` case of a WIT `result`, thrown by an export whose return type is a `result`, and thrown by a host
 * function to return `err` to the plugin. `payload` is the error value (`undefined` for `result<T>`), as it is; `message`
 * shows the beginning of it on one line.
 * It is a normal outcome: the instance stays usable.
 *
 * Its `stack` says where it was made, as that of any error does, as long as such errors are rare: for one in a
 * millisecond. Those that follow at once have the first line alone, since to look at the stack takes several times as
 * long as all the rest of a call.
 */
export class ComponentError<E = unknown> extends Error {
  readonly payload: E

  constructor(payload: E, message?: string) {
    const text =
      message ??
      (typeof payload === 'string' ? showText(payload, MAX_MESSAGE) : 'the plugin returned an error')
    const limit = hideFrames()
    try {
      super(text)
    } finally {
      if (limit !== undefined) engine.stackTraceLimit = limit
    }
    this.payload = payload
  }

  static is(value: unknown): value is ComponentError {
    return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[BRAND] === true
  }
}

// All errors share them: to define them on each costs as much as the error.
Object.defineProperty(ComponentError.prototype, 'name', {
  value: 'ComponentError',
  writable: true,
  configurable: true,
})
Object.defineProperty(ComponentError.prototype, BRAND, { value: true })

/** Characters of a message, which is copied into stack traces and logs. */
const MAX_MESSAGE = 1_000

/** V8 and JavaScriptCore take the number of frames that an error has from here. */
const engine = Error as { stackTraceLimit?: unknown }

/** The millisecond in which frames were looked at last. */
let looked = 0

/** Lets the next error have no frames, if one had some just now; the answer is what to set the limit back to. */
function hideFrames(): number | undefined {
  const now = Date.now()
  const { stackTraceLimit: limit } = engine
  if (now !== looked || typeof limit !== 'number') {
    looked = now
    return undefined
  }
  try {
    engine.stackTraceLimit = 0
    return limit
  } catch {
    // Frozen, as by `node --frozen-intrinsics`.
    return undefined
  }
}
