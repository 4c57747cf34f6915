import { PluginError } from '../errors/plugin-error.js'
import type { ExportPlace } from './callable-export.js'

/** Whether it is a program from its beginning to its end: what that leaves in its memory is not for the next run. */
export function isCommand([instance, func]: ExportPlace): boolean {
  return func === 'run' && instance !== null && instance.startsWith('wasi:cli/run@')
}

/** A program that exits with the status 0 ends as one does that returns: Go's never do. */
export function untilExit(run: () => unknown): () => unknown {
  return () => {
    try {
      return run()
    } catch (error) {
      if (PluginError.is(error, 'PLUGIN_EXITED') && error.data.status === 0) return undefined
      throw error
    }
  }
}
