import { closest } from '@wasm-plugin/runtime/text'
import { Command, CommanderError, Option } from 'commander'
import type { AnyCommand, AnyInput, ArgumentSpec, OptionSpec } from '../command.js'
import { usageErrors } from '../errors/index.js'
import type { GlobalOptions } from '../output/verbosity.js'
import { addGlobalOptions, globalOptionNames, readGlobalOptions } from './global-options.js'

export interface ParsedCommand {
  readonly help: boolean
  readonly globals: GlobalOptions
  /** One property per argument and option of the command; nothing else. */
  readonly input: AnyInput
}

/**
 * Parses what follows the command's name.
 *
 * @throws {UNKNOWN_OPTION | MISSING_ARGUMENT | OPTION_NEEDS_VALUE | INVALID_OPTION | INVALID_ARGUMENT |
 *   TOO_MANY_ARGUMENTS}
 */
export function parseCommand(spec: AnyCommand, argv: readonly string[]): ParsedCommand {
  const program = toCommander(spec)
  const [own, behind] = splitAtDashes(spec, argv)
  try {
    program.parse(own, { from: 'user' })
  } catch (error) {
    throw error instanceof CommanderError ? toUsageError(error, spec, argv) : error
  }
  const given = program.opts()
  const help = given.help === true
  const input: { -readonly [K in keyof AnyInput]: AnyInput[K] } = {}
  for (const [index, [name, argument]] of Object.entries(spec.arguments).entries()) {
    if (argument.kind === 'after-dashes') {
      input[name] = behind
      continue
    }
    const value: string | readonly string[] | undefined = program.processedArgs[index]
    if (value === undefined && argument.kind === 'required' && !help)
      throw usageErrors.MISSING_ARGUMENT({ name, command: spec.name, ...missing(argument) })
    input[name] = argument.kind === 'variadic' ? (value ?? []) : value
  }
  for (const [name, option] of Object.entries(spec.options)) {
    const value = optionValue(given, name)
    input[name] = option.kind === 'flag' ? value === true : option.kind === 'list' ? (value ?? []) : value
  }
  refuseEmpty(spec, input)
  return { help, globals: readGlobalOptions(given), input }
}

/**
 * An empty path is the current folder to whoever resolves it, and an empty host every address of the machine: nobody means either
 * by a variable that is not set.
 *
 * @throws {INVALID_OPTION | INVALID_ARGUMENT}
 */
function refuseEmpty(spec: AnyCommand, input: AnyInput): void {
  const isEmpty = (name: string) => [input[name]].flat().includes('')
  for (const [name, option] of Object.entries(spec.options))
    if (option.kind !== 'flag' && isEmpty(name))
      throw usageErrors.INVALID_OPTION({ option: `--${name}`, value: '', expected: notEmpty(option.value) })
  for (const [name, { kind, mayBeEmpty }] of Object.entries(spec.arguments))
    if (kind !== 'after-dashes' && !mayBeEmpty && isEmpty(name))
      throw usageErrors.INVALID_ARGUMENT({ name, value: '', expected: notEmpty(name) })
}

function notEmpty(value: string): string {
  return `<${value}>, which is never empty: a variable that it comes from may not be set`
}

function missing({ missing: about }: ArgumentSpec): { about?: string } {
  return about === undefined ? {} : { about }
}

/** commander keeps `--no-build` as `build: false`. */
function optionValue(given: ReturnType<Command['opts']>, name: string) {
  if (name.startsWith('no-')) return given[camelCase(name.slice('no-'.length))] === false
  return given[camelCase(name)]
}

/** What stands behind `--` is the command's only when it says so; otherwise it is arguments that look like options. */
function splitAtDashes(spec: AnyCommand, argv: readonly string[]): [own: string[], behind: string[]] {
  const takes = Object.values(spec.arguments).some(({ kind }) => kind === 'after-dashes')
  const at = takes ? argv.indexOf('--') : -1
  return at === -1 ? [[...argv], []] : [argv.slice(0, at), argv.slice(at + 1)]
}

function toCommander(spec: AnyCommand): Command {
  const program = new Command(spec.name)
    .exitOverride()
    .configureOutput({ writeOut() {}, writeErr() {} })
    .helpOption(false)
    .allowExcessArguments(false)
  for (const [name, argument] of Object.entries(spec.arguments))
    if (argument.kind !== 'after-dashes') program.argument(argumentSyntax(name, argument))
  for (const [name, option] of Object.entries(spec.options))
    program.addOption(toCommanderOption(name, option))
  return addGlobalOptions(program)
}

/**
 * Nothing is required as far as commander knows, so that `build --help` works without arguments and a
 * missing one is our own error.
 */
function argumentSyntax(name: string, argument: ArgumentSpec): string {
  return argument.kind === 'variadic' ? `[${name}...]` : `[${name}]`
}

function toCommanderOption(name: string, spec: OptionSpec): Option {
  const short = spec.short ? `-${spec.short}, ` : ''
  const option = new Option(`${short}--${name}${spec.kind === 'flag' ? '' : ` <${spec.value}>`}`)
  if (spec.kind === 'list') {
    return option.argParser((value: string, before: readonly string[] | undefined) => [
      ...(before ?? []),
      value,
    ])
  }
  if (spec.kind === 'value' && spec.choices) {
    const { choices } = spec
    return option.argParser((value: string) => {
      if (choices.includes(value)) return value
      throw usageErrors.INVALID_OPTION({
        option: `--${name}`,
        value,
        expected: choices.join(' or '),
        guess: closest(value, choices),
      })
    })
  }
  return option
}

function toUsageError(error: CommanderError, spec: AnyCommand, argv: readonly string[]): unknown {
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? ''
  switch (error.code) {
    case 'commander.unknownOption':
      return usageErrors.UNKNOWN_OPTION({
        option: quoted,
        command: spec.name,
        guess: closest(quoted, [
          ...Object.keys(spec.options).map((name) => `--${name}`),
          ...globalOptionNames,
        ]),
      })
    case 'commander.optionMissingArgument':
      return usageErrors.OPTION_NEEDS_VALUE({ option: quoted, command: spec.name })
    case 'commander.invalidArgument':
      return usageErrors.INVALID_OPTION({ option: quoted, value: argv.join(' '), expected: 'another value' })
    case 'commander.excessArguments':
      return usageErrors.TOO_MANY_ARGUMENTS({
        command: spec.name,
        reason: error.message.replace(/^error: /, ''),
      })
    default:
      return error
  }
}

const camelCase = (name: string) => name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
