import { closest } from '@wasm-plugin/runtime/text'
import { Command, CommanderError, Option } from 'commander'
import { usageErrors } from '../errors/index.js'
import type { GlobalOptions } from '../output/verbosity.js'
import { addGlobalOptions, globalOptionNames, readGlobalOptions } from './global-options.js'

export interface ParsedRoot {
  readonly help: boolean
  readonly version: boolean
  readonly globals: GlobalOptions
  /** The command's name, if one was given. */
  readonly command: string | undefined
  /** What follows the command's name, unparsed. */
  readonly rest: readonly string[]
}

/**
 * Splits the command line at the name of the command.
 *
 * @throws {UNKNOWN_OPTION | OPTION_NEEDS_VALUE | INVALID_OPTION}
 */
export function parseRoot(argv: readonly string[]): ParsedRoot {
  const program = addGlobalOptions(new Command('wasm-plugin'))
    .exitOverride()
    .configureOutput({ writeOut() {}, writeErr() {} })
    .helpOption(false)
    .addOption(new Option('-V, --version'))
    .argument('[command]')
    .argument('[rest...]')
    // Everything after the command's name belongs to the command, options too.
    .passThroughOptions()
  try {
    program.parse([...argv], { from: 'user' })
  } catch (error) {
    throw error instanceof CommanderError ? toUsageError(error) : error
  }
  const given = program.opts()
  const [command, rest] = program.processedArgs as [string | undefined, string[] | undefined]
  return {
    help: given.help === true,
    version: given.version === true,
    globals: readGlobalOptions(given),
    command,
    rest: rest ?? [],
  }
}

function toUsageError(error: CommanderError): unknown {
  const option = /'([^']*)'/.exec(error.message)?.[1] ?? ''
  if (error.code === 'commander.unknownOption') {
    const guess = closest(option, [...globalOptionNames, '--version'])
    return usageErrors.UNKNOWN_OPTION({ option, command: '', guess })
  }
  if (error.code === 'commander.optionMissingArgument') {
    return usageErrors.OPTION_NEEDS_VALUE({ option, command: '' })
  }
  return error
}
