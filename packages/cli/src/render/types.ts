import { showLines } from '@wasm-plugin/runtime/text'
import type { Rendering } from '../command.js'
import { statusLine } from '../output/printer.js'
import type { Style } from '../output/style.js'
import { leftOutLines } from './left-out.js'

export interface TypesResult {
  readonly world: string
  /** The file that was written, or null. */
  readonly output: string | null
  readonly text: string
  /** Unstable features that are not in it. */
  readonly leftOut: readonly string[]
}

export function renderTypes(
  { world, output, text, leftOut }: TypesResult,
  { err }: { readonly err: Style },
): Rendering {
  const notes = leftOutLines(leftOut, err)
  if (output === null)
    return { stdout: showLines(text), ...(notes.length === 0 ? {} : { stderr: notes.join('\n') }) }
  return { stderr: [...notes, statusLine(err, 'Wrote', `${output} (types of ${world})`)].join('\n') }
}
