import type { AnyCommand, ArgumentSpec, OptionSpec } from '../command.js'
import type { Style } from '../output/style.js'
import { columns, DOCS, section } from './layout.js'

/** What `wasm-plugin <command> --help` prints: examples first, because they are what is copied. */
export function commandHelp(command: AnyCommand, style: Style): string {
  const { name, summary, examples, notes = [] } = command
  return [
    `${summary}.`,
    ...section('Usage', [`  ${usage(command)}`], style),
    ...section('Examples', columns(examples, style), style),
    ...section('Arguments', columns(argumentRows(command), style), style),
    ...section('Options', columns(optionRows(command), style), style),
    ...(notes.length === 0 ? [] : ['', ...notes]),
    '',
    `Docs: ${DOCS}#${name}`,
  ].join('\n')
}

function usage({ name, arguments: args }: AnyCommand): string {
  const entries = Object.entries(args)
  const part = ([key, spec]: [string, ArgumentSpec]) => argumentSyntax(key, spec)
  const own = entries.filter(([, { kind }]) => kind !== 'after-dashes').map(part)
  const behind = entries.filter(([, { kind }]) => kind === 'after-dashes').map(part)
  return ['wasm-plugin', name, ...own, '[options]', ...behind].join(' ')
}

function argumentSyntax(name: string, { kind }: ArgumentSpec): string {
  if (kind === 'required') return `<${name}>`
  if (kind === 'after-dashes') return `[-- ${name}...]`
  return kind === 'variadic' ? `[${name}...]` : `[${name}]`
}

function argumentRows({ arguments: args }: AnyCommand): [string, string][] {
  return Object.entries(args).map(([name, spec]) => [argumentSyntax(name, spec), spec.description])
}

function optionRows({ options }: AnyCommand): [string, string][] {
  const rows = Object.entries(options).map(([name, spec]): [string, string] => [
    optionSyntax(name, spec),
    spec.kind === 'list' ? `${spec.description} (may be repeated)` : spec.description,
  ])
  return [...rows, ['    --json', 'one JSON document on stdout, also for failures']]
}

function optionSyntax(name: string, spec: OptionSpec): string {
  const short = spec.short ? `-${spec.short}, ` : '    '
  return `${short}--${name}${spec.kind === 'flag' ? '' : ` <${spec.value}>`}`
}
