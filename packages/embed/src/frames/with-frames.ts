import type { Frame, PluginError } from '@wasm-plugin/runtime/errors'

/** Frames that a message shows. */
const SHOWN = 3

/** Adds frames to an error, and the first that have a place to its message, which its stack begins with. */
export function withFrames(error: PluginError, frames: readonly Frame[]): void {
  setFrames(error, frames)
  const shown = frames.filter(({ file }) => file !== null).slice(0, SHOWN)
  if (shown.length === 0) return
  const { name, message, stack = '' } = error
  error.message = [message, ...shown.map(line)].join('\n    at ')
  const head = `${name}: ${message}`
  if (stack.startsWith(head)) error.stack = `${name}: ${error.message}${stack.slice(head.length)}`
}

/** The same where the message says them already. */
export function setFrames(error: PluginError, frames: readonly Frame[]): void {
  // For everybody else they are read-only.
  const own: { frames?: readonly Frame[] } = error
  own.frames = frames
}

function line({ function: name, file, line, column }: Frame): string {
  const place = [file, line, column].filter((part) => part !== null).join(':')
  return name === null ? place : `${name} (${place})`
}
