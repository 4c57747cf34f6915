import { showLines, showText } from '../text/index.js'
import type { PluginError } from './plugin-error.js'

/** An error that the engine made of a module, which quotes names in it, as it may be shown with everything it says. */
export function shownEngineError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { name, message, stack = '' } = error
  const head = `${name}: ${message}`
  const frames = stack.startsWith(head) ? stack.slice(head.length) : stack
  error.message = showText(message)
  error.stack = stack.startsWith(head) ? `${name}: ${error.message}${showLines(frames)}` : showLines(frames)
  return error
}

/** What the engine threw to leave the guest, by the fault that was raised inside of it. */
const unwinding = new WeakMap<PluginError, unknown>()

/** Keeps what a fault below guest frames was unwound by: its stack has the guest's functions. */
export function unwoundBy(fault: PluginError, error: unknown): void {
  if (error !== fault) unwinding.set(fault, error)
}

/** The error of the engine that a fault came of, whose stack has the guest's functions. */
export function engineErrorOf(fault: PluginError): unknown {
  return unwinding.get(fault) ?? fault.cause
}
