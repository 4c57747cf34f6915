import type { Rendering } from '../command.js'
import { statusLine } from '../output/printer.js'
import type { Style } from '../output/style.js'
import { count } from '../output/units.js'

export interface BindingsResult {
  readonly language: string
  readonly world: string
  /** As it was named on the command line. */
  readonly out: string
  /** Relative to `out`. */
  readonly files: readonly string[]
  /** Files of an earlier run that are generated no longer. */
  readonly removed: readonly string[]
  readonly next: readonly string[]
}

export function renderBindings(
  { world, out, files, next }: BindingsResult,
  { err }: { readonly err: Style },
): Rendering {
  const [first = '', ...others] = next.map((step) => err.cyan(step))
  const lines = [
    statusLine(err, 'Wrote', `${count(files.length, 'file')} for ${world} in ${out}`),
    '',
    `Next: ${first}`,
    ...others.map((step) => `      ${step}`),
  ]
  return { stderr: lines.join('\n') }
}
