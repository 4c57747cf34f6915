import { showLines } from '@wasm-plugin/runtime/text'
import type { Rendering } from '../command.js'
import { statusLine } from '../output/printer.js'
import type { Style } from '../output/style.js'

export interface TypesResult {
  readonly world: string
  /** The file that was written, or null. */
  readonly output: string | null
  readonly text: string
}

export function renderTypes(
  { world, output, text }: TypesResult,
  { err }: { readonly err: Style },
): Rendering {
  if (output === null) return { stdout: showLines(text) }
  return { stderr: statusLine(err, 'Wrote', `${output} (types of ${world})`) }
}
