import { commandTable } from '../commands/index.js'
import type { Style } from '../output/style.js'
import { columns, DOCS, section } from './layout.js'

/** What `wasm-plugin` and `wasm-plugin --help` print. */
export function rootHelp(style: Style): string {
  return [
    'Make, build, check, publish and install WebAssembly plugins.',
    ...section('Usage', ['  wasm-plugin <command> [options]'], style),
    ...section('Examples', columns(EXAMPLES, style), style),
    ...section('Commands', columns(commandRows('project'), style), style),
    ...section('Registries', columns(commandRows('registry'), style), style),
    ...section('Options of every command', columns(GLOBAL_OPTIONS, style), style),
    '',
    `Docs: ${DOCS}`,
  ].join('\n')
}

const EXAMPLES = [
  ['wasm-plugin new hello --lang rust', 'a project that builds at once'],
  ['wasm-plugin build', 'the project in this folder'],
] as const

const GLOBAL_OPTIONS = [
  ['-h, --help', 'help on a command; `wasm-plugin help` lists the topics'],
  ['--json', 'one JSON document on stdout, also for failures'],
  ['-q, --quiet / --verbose', 'errors only / with stack traces'],
  ['--color <when>', 'auto, always or never'],
] as const

function commandRows(wanted: (typeof commandTable)[number]['group']): [string, string][] {
  return commandTable.flatMap(({ name, summary, group }) =>
    group === wanted ? [[name, summary] as [string, string]] : [],
  )
}
