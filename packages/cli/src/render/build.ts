import { showLines } from '@wasm-plugin/runtime/text'
import type { Rendering } from '../command.js'
import { statusLine } from '../output/printer.js'
import { shellWord } from '../output/shell-word.js'
import type { Style } from '../output/style.js'
import { formatBytes, formatDuration } from '../output/units.js'
import type { BuildCommandResult } from '../project/build-project.js'
import { leftOutLines } from './left-out.js'

export function renderBuild(result: BuildCommandResult, { err }: { readonly err: Style }): Rendering {
  const { relativePath, size, ms, warnings, leftOut } = result
  const lines = [
    ...warnings.map((text) => `${err.yellow('warning')}: ${showLines(text)}`),
    ...leftOutLines(leftOut, err, 'build.features'),
    statusLine(err, 'Finished', `${relativePath} ${formatBytes(size)} in ${formatDuration(ms)}`),
    '',
    `Next: ${err.cyan(`wasm-plugin inspect ${shellWord(relativePath)}`)}`,
  ]
  return { stderr: lines.join('\n') }
}
