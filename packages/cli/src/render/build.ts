import { showLines } from '@wasm-plugin/runtime/text'
import type { BuildResult } from '@wasm-plugin/sdk'
import type { Rendering } from '../command.js'
import { statusLine } from '../output/printer.js'
import { shellWord } from '../output/shell-word.js'
import type { Style } from '../output/style.js'
import { formatBytes, formatDuration } from '../output/units.js'

export interface BuildCommandResult extends BuildResult {
  readonly name: string
  /** The component and the project, as seen from the folder in which the command ran. */
  readonly relativePath: string
  readonly dir: string
}

export function renderBuild(result: BuildCommandResult, { err }: { readonly err: Style }): Rendering {
  const { relativePath, size, ms, warnings } = result
  const lines = [
    ...warnings.map((text) => `${err.yellow('warning')}: ${showLines(text)}`),
    statusLine(err, 'Finished', `${relativePath} ${formatBytes(size)} in ${formatDuration(ms)}`),
    '',
    `Next: ${err.cyan(`wasm-plugin inspect ${shellWord(relativePath)}`)}`,
  ]
  return { stderr: lines.join('\n') }
}
