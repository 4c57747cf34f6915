import { showLines, showText } from '../text/index.js'

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
