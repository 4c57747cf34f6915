import type { Rendering } from '../command.js'
import { statusLine } from '../output/printer.js'
import { shellWord } from '../output/shell-word.js'
import type { Style } from '../output/style.js'
import { leftOutLines } from './left-out.js'

export interface NewResult {
  readonly name: string
  readonly language: string
  /** Absolute. */
  readonly dir: string
  /** Relative to the folder in which the command ran. */
  readonly relativeDir: string
  /** The world that the plugin implements. */
  readonly world: string
  /** The file to write the plugin in, relative to `dir`. */
  readonly entry: string
  readonly files: readonly string[]
  /** Unstable features of the contract that the project goes without. */
  readonly leftOut: readonly string[]
}

export function renderNew(result: NewResult, { err }: { readonly err: Style }): Rendering {
  const { relativeDir, name, language, world, entry, leftOut } = result
  const lines = [
    ...leftOutLines(leftOut, err),
    statusLine(err, 'Created', `${name} in ${relativeDir} (${language}, world ${world})`),
    statusLine(err, 'Write', `${relativeDir}/${entry}`),
    '',
    `Next: ${err.cyan(`cd ${shellWord(relativeDir)} && npm install && npm test`)}`,
  ]
  return { stderr: lines.join('\n') }
}
