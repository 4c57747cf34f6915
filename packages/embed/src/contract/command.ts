import type { ExportPlace } from './callable-export.js'

/** Whether it is a program from its beginning to its end: what that leaves in its memory is not for the next run. */
export function isCommand([instance, func]: ExportPlace): boolean {
  return func === 'run' && instance !== null && instance.startsWith('wasi:cli/run@')
}
