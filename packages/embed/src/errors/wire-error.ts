import { ComponentError, type Frame, type Origin, PluginError } from '@wasm-plugin/runtime/errors'

/** An error as it crosses a thread: structured-cloneable, and rebuilt as the same class on the other side. */
export type WireError =
  | { readonly kind: 'component'; readonly payload: unknown; readonly message: string }
  | {
      readonly kind: 'plugin'
      readonly code: string
      readonly message: string
      readonly hint: string
      readonly origin: Origin
      readonly data: Readonly<Record<string, unknown>>
      readonly frames?: readonly Frame[]
      readonly cause?: WireError
    }
  | { readonly kind: 'other'; readonly message: string; readonly stack?: string | undefined }

/** Never throws, whatever was thrown: an object without a text, a getter that throws, a chain of causes without end. */
export function encodeError(error: unknown): WireError {
  try {
    return encode(error, MAX_CAUSES)
  } catch {
    return { kind: 'other', message: 'a value that cannot be described was thrown' }
  }
}

const MAX_CAUSES = 8

function encode(error: unknown, causes: number): WireError {
  if (ComponentError.is(error)) return { kind: 'component', payload: error.payload, message: error.message }
  if (PluginError.is(error)) {
    const { code, message, hint, origin, data } = error
    const cause = error.cause === undefined || causes === 0 ? {} : { cause: encode(error.cause, causes - 1) }
    const frames = error.frames === undefined ? {} : { frames: error.frames }
    return { kind: 'plugin', code, message, hint, origin, data, ...frames, ...cause }
  }
  if (error instanceof Error)
    return { kind: 'other', message: shortened(error.message), stack: shortened(error.stack) }
  return { kind: 'other', message: shortened(String(error)) }
}

/** Characters of a text about an error: it may quote what a plugin sent. */
const MAX_TEXT = 10_000

function shortened<T extends string | undefined>(text: T): T {
  return typeof text === 'string' && text.length > MAX_TEXT ? (`${text.slice(0, MAX_TEXT)}…` as T) : text
}

export function decodeError(wire: WireError): Error {
  if (wire.kind === 'component') return new ComponentError(wire.payload, wire.message)
  if (wire.kind === 'other') {
    const error = new Error(wire.message)
    if (wire.stack !== undefined) error.stack = wire.stack
    return error
  }
  const { code, message, hint, origin, data, frames } = wire
  const cause = wire.cause === undefined ? undefined : decodeError(wire.cause)
  const error = new PluginError({ code, message, hint, origin, data, cause })
  if (frames !== undefined) Object.assign(error, { frames })
  return error
}
