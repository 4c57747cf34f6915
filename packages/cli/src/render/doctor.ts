import type { Rendering } from '../command.js'
import type { Check, LanguageReport } from '../doctor/check.js'
import type { Style } from '../output/style.js'

export interface DoctorResult {
  readonly wasmPlugin: string
  readonly node: Check
  readonly languages: readonly LanguageReport[]
  /** Language of the plugin project in the folder, if it is one. */
  readonly project: string | null
}

export function renderDoctor(result: DoctorResult, { out }: { readonly out: Style }): Rendering {
  const lines = [
    `wasm-plugin ${result.wasmPlugin}${result.project === null ? '' : `, in a project in ${result.project}`}`,
    '',
    checkLine(result.node, out),
    ...result.languages.flatMap((report) => ['', ...languageLines(report, out)]),
  ]
  return { stdout: lines.join('\n') }
}

function languageLines({ language, ready, checks }: LanguageReport, style: Style): string[] {
  const state = ready ? style.green('ready') : style.red('not ready')
  return [`${style.bold(language)}: ${state}`, ...checks.map((check) => checkLine(check, style))]
}

const NAME_WIDTH = 14

/** The mark is a word for those who cannot see the colour, and short for those who can. */
function checkLine({ name, ok, found, fix }: Check, style: Style): string {
  const mark = ok ? style.green('ok     ') : style.red('missing')
  const line = `  ${mark}  ${name.padEnd(NAME_WIDTH)}  ${found}`
  return fix === null ? line : `${line}\n           ${style.cyan('fix')}: ${fix}`
}
