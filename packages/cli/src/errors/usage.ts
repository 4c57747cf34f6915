import { defineErrors } from '@wasm-plugin/runtime/errors'
import { didYouMean, row, some } from './define.js'

const seeHelp = (command: string) => `Run \`wasm-plugin ${command ? `${command} ` : ''}--help\`.`

/** What is wrong with a command line, or with the project it points at. */
export const usageErrorTable = {
  UNKNOWN_COMMAND: row<{ name: string; guess?: string | undefined }>({
    origin: 'app',
    summary: 'There is no command of that name.',
    message: (d) => `there is no command \`${d.name}\``,
    hint: (d) => `Run \`wasm-plugin --help\` for the commands.${didYouMean(d.guess)}`,
  }),
  MISSING_COMMAND: row<Record<string, never>>({
    origin: 'app',
    summary: '`--json` was given, and no command.',
    message: () => 'no command was given',
    hint: 'Run `wasm-plugin --help` for the commands.',
  }),
  UNKNOWN_TOPIC: row<{ name: string; topics: readonly string[]; guess?: string | undefined }>({
    origin: 'app',
    summary: '`wasm-plugin help` knows neither a command nor a topic of that name.',
    message: (d) => `there is no help on \`${d.name}\``,
    hint: (d) => `Topics: ${d.topics.join(', ')}.${didYouMean(d.guess)}`,
  }),
  UNKNOWN_OPTION: row<{ option: string; command: string; guess?: string | undefined }>({
    origin: 'app',
    summary: 'The command has no such option.',
    message: (d) => `unknown option \`${d.option}\``,
    hint: (d) => `${seeHelp(d.command)}${didYouMean(d.guess)}`,
  }),
  MISSING_ARGUMENT: row<{ name: string; command: string; choices?: readonly string[]; about?: string }>({
    origin: 'app',
    summary: 'A required argument of the command was not given.',
    message: (d) => `\`wasm-plugin ${d.command}\` needs <${d.name}>`,
    hint: (d) =>
      d.choices === undefined || d.choices.length === 0
        ? `${d.about === undefined ? '' : `${d.about} `}${seeHelp(d.command)}`
        : `There is: ${some(d.choices, ', ')}. ${seeHelp(d.command)}`,
  }),
  MISSING_OPTION: row<{ option: string; command: string; why: string }>({
    origin: 'app',
    summary: 'A required option of the command was not given.',
    message: (d) => `\`wasm-plugin ${d.command}\` needs \`${d.option}\`: ${d.why}`,
    hint: (d) => seeHelp(d.command),
  }),
  OPTION_NEEDS_VALUE: row<{ option: string; command: string }>({
    origin: 'app',
    summary: 'An option that takes a value was given without one.',
    message: (d) => `\`${d.option}\` needs a value`,
    hint: (d) => seeHelp(d.command),
  }),
  INVALID_OPTION: row<{ option: string; value: string; expected: string; guess?: string | undefined }>({
    origin: 'app',
    summary: 'An option was given a value that it does not take.',
    message: (d) => `\`${d.option}\` does not take "${d.value}"`,
    hint: (d) => `It takes ${d.expected}.${didYouMean(d.guess)}`,
  }),
  OPTIONS_CONFLICT: row<{ command: string; options: readonly string[]; reason: string }>({
    origin: 'app',
    summary: 'Two options were given that exclude each other.',
    message: (d) =>
      `${d.options.map((option) => `\`${option}\``).join(' and ')} exclude each other: ${d.reason}`,
    hint: (d) => `Leave one of them out. ${seeHelp(d.command)}`,
  }),
  INVALID_ARGUMENT: row<{ name: string; value: string; expected: string; guess?: string | undefined }>({
    origin: 'app',
    summary: 'An argument was given a value that it does not take.',
    message: (d) => `<${d.name}> does not take "${d.value}"`,
    hint: (d) => `It takes ${d.expected}.${didYouMean(d.guess)}`,
  }),
  TOO_MANY_ARGUMENTS: row<{ command: string; reason: string }>({
    origin: 'app',
    summary: 'More arguments were given than the command takes.',
    message: (d) => d.reason,
    hint: (d) => `${seeHelp(d.command)} A value that has spaces is written in quotes.`,
  }),
  INVALID_PROJECT_NAME: row<{ name: string; reason: string; guess?: string | undefined }>({
    origin: 'app',
    summary: 'The name cannot be the name of a plugin project, which is also a package and a file name.',
    message: (d) => `"${d.name}" cannot be the name of a plugin: ${d.reason}`,
    hint: (d) =>
      `Use lower-case letters, digits and single hyphens, starting with a letter.${didYouMean(d.guess)}`,
  }),
  TARGET_NOT_EMPTY: row<{ path: string; holds: string }>({
    origin: 'app',
    summary:
      '`new` was pointed at something other than a free name, an empty folder, or one that holds `.git` alone.',
    message: (d) => `${d.path} is not free: it holds ${d.holds}`,
    hint: 'Choose another name, or empty the folder first; `new` never overwrites.',
  }),
  KEY_EXISTS: row<{ path: string }>({
    origin: 'app',
    summary:
      '`keygen` was asked for a key of a name that there is a file of. A key that is lost cannot be made again.',
    message: (d) => `${d.path} is there already, and may be a key`,
    hint: 'Choose another name, or move the file away, if nobody signs with it any more.',
  }),
  FILES_IN_THE_WAY: row<{ dir: string; files: readonly string[] }>({
    origin: 'app',
    summary: 'Generated files would overwrite files of somebody else, or that were changed since.',
    message: (d) =>
      `${d.dir} has files that would be overwritten:${d.files.map((name) => `\n  ${name}`).join('')}`,
    hint: 'Choose another folder, or overwrite them with `--force`.',
  }),
  NO_PROJECT: row<{ dir: string }>({
    origin: 'app',
    summary: 'The folder has no `wasm-plugin.json`, so it is not a plugin project.',
    message: (d) => `${d.dir} is not a plugin project: it has no wasm-plugin.json`,
    hint: 'Run the command in a plugin project, or make one with `npx @wasm-plugin/cli new <name>`.',
  }),
  INVALID_SERVE_CONFIG: row<{ file: string; reason: string }>({
    origin: 'app',
    summary: 'A file of routes is not what `serve` takes. The message has the place of the mistake.',
    message: (d) => `${d.file}: ${d.reason}`,
    hint: '`docs/serve.md` has an example with everything that there is.',
  }),
  INVALID_BUILD_SETTING: row<{ setting: string; value: string; expected: string }>({
    origin: 'app',
    summary: 'A setting in the `build` part of `wasm-plugin.json` is not one that there is, or has no sense.',
    message: (d) => `\`${d.setting}\` in wasm-plugin.json is ${d.value}; expected ${d.expected}`,
    hint: 'A project is built by "build": { "language": "rust", "wit": "wit", "world": "…", "entry": "src/lib.rs" }.',
  }),
} as const

export const usageErrors = defineErrors(usageErrorTable)
