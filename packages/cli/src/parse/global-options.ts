import { type Command, Option } from 'commander'
import { usageErrors } from '../errors/index.js'
import type { ColorWhen } from '../output/style.js'
import type { GlobalOptions } from '../output/verbosity.js'

const COLOR_CHOICES: readonly ColorWhen[] = ['auto', 'always', 'never']

export const globalOptionNames = ['--json', '--quiet', '--verbose', '--color', '--help']

/** Adds the options that every command takes, before its name or after it. */
export function addGlobalOptions(program: Command): Command {
  return program
    .addOption(new Option('--json'))
    .addOption(new Option('-q, --quiet'))
    .addOption(new Option('--verbose'))
    .addOption(new Option('--color <when>').argParser(parseColor))
    .addOption(new Option('-h, --help'))
}

export function readGlobalOptions(given: Readonly<Record<string, unknown>>): GlobalOptions {
  return {
    json: given.json === true,
    quiet: given.quiet === true,
    verbose: given.verbose === true,
    color: COLOR_CHOICES.find((choice) => choice === given.color) ?? 'auto',
  }
}

/** Options before the command's name hold too; what stands after it wins. */
export function mergeGlobalOptions(before: GlobalOptions, after: GlobalOptions): GlobalOptions {
  return {
    json: before.json || after.json,
    quiet: before.quiet || after.quiet,
    verbose: before.verbose || after.verbose,
    color: after.color === 'auto' ? before.color : after.color,
  }
}

function parseColor(value: string): ColorWhen {
  const choice = COLOR_CHOICES.find((name) => name === value)
  if (choice) return choice
  throw usageErrors.INVALID_OPTION({ option: '--color', value, expected: COLOR_CHOICES.join(', ') })
}
