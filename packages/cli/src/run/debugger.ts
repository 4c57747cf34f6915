import inspector from 'node:inspector'
import type { Context } from '../command.js'

/** Where Node listens for debuggers when it is told nothing else. */
const PORT = 9_229

/** Listens for a debugger on this machine and waits until there is one, unless Node does so already. */
export function waitForDebugger({ progress }: Pick<Context, 'progress'>): void {
  // Whoever is there already says no second time that it is.
  if (inspector.url() !== undefined) return
  progress.status('Waiting', `for a debugger at 127.0.0.1:${PORT}`)
  inspector.open(PORT, '127.0.0.1', true)
}

/** Has the debugger stop. The plugin is loaded, and has not been called. */
export function stopHere(): void {
  // biome-ignore lint/suspicious/noDebugger: it is what was asked for.
  debugger
}
