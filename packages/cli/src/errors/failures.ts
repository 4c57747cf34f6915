import { defineErrors } from '@wasm-plugin/runtime/errors'
import { didYouMean, row, some } from './define.js'

/** What goes wrong while a well-formed command runs. */
export const failureTable = {
  PATH_NOT_FOUND: row<{ path: string; what: string; guess?: string | undefined }>({
    origin: 'app',
    summary: 'A file or folder named on the command line or in the manifest does not exist.',
    message: (d) => `${d.what} does not exist: ${d.path}`,
    hint: (d) => `Check the path; a relative path starts at the current folder.${didYouMean(d.guess)}`,
  }),
  NOT_A_FILE: row<{ path: string; what: string }>({
    origin: 'app',
    summary: 'A path that must be a file is a folder or something else.',
    message: (d) => `${d.what} is not a file: ${d.path}`,
    hint: 'Name the file itself, for example dist/<plugin>.wasm.',
  }),
  PATH_UNREADABLE: row<{ path: string; what: string; reason: string }>({
    origin: 'app',
    summary: 'A file exists and the operating system does not let it be read.',
    message: (d) => `${d.what} cannot be read: ${d.path} (${d.reason})`,
    hint: 'Check the permissions of the file and of the folders above it.',
  }),
  PATH_UNWRITABLE: row<{ path: string; reason: string }>({
    origin: 'app',
    summary: 'A file cannot be written where it was asked for.',
    message: (d) => `cannot write ${d.path} (${d.reason})`,
    hint: 'Check that the folder exists and may be written to, and that the disk is not full.',
  }),
  SYSTEM_REFUSED: row<{ reason: string }>({
    origin: 'app',
    summary:
      'The operating system refused what a command needs: a full disk, a missing permission, no memory.',
    message: (d) => `the system refused: ${d.reason}`,
    hint: 'Check the space on the disk, temporary folders included, and the permissions of what is named.',
  }),
  UNKNOWN_FUNCTION: row<{ name: string; functions: readonly string[]; guess?: string | undefined }>({
    origin: 'app',
    summary: '`run` was asked for a function that the plugin does not export.',
    message: (d) => `the plugin exports no function \`${d.name}\``,
    hint: (d) =>
      d.functions.length === 0
        ? 'The plugin exports no functions at all.'
        : `It exports: ${some(d.functions, ', ')}.${didYouMean(d.guess)}`,
  }),
  AMBIGUOUS_FUNCTION: row<{ name: string; functions: readonly string[] }>({
    origin: 'app',
    summary: '`run` was given a short function name that several interfaces export.',
    message: (d) => `\`${d.name}\` could be any of ${d.functions.length} functions`,
    hint: (d) => `Write it in full: ${some(d.functions, ' or ')}.`,
  }),
  WRONG_ARGUMENT_COUNT: row<{ name: string; expected: number; found: number; signature: string }>({
    origin: 'app',
    summary: '`run` was given more or fewer values than the function has parameters.',
    message: (d) =>
      `\`${d.name}\` takes ${d.expected} ${d.expected === 1 ? 'value' : 'values'}, got ${d.found}`,
    hint: (d) => `Its signature is ${d.signature}. Quote each value for the shell: '{"a": 1}'.`,
  }),
  INVALID_VALUE: row<{ text: string; at: number; reason: string }>({
    origin: 'app',
    summary: 'A value on the command line is neither JSON nor WAVE.',
    message: (d) => `cannot read the value ${JSON.stringify(d.text)}: ${d.reason} at character ${d.at + 1}`,
    hint: 'Write it as JSON or WAVE and quote it for the shell, for example \'{"title": "Hello", "tags": []}\'.',
  }),
  WRONG_VALUE: row<{ path: string; expected: string; found: string; guess?: string | undefined }>({
    origin: 'app',
    summary: 'A value on the command line is not of the type of the parameter.',
    message: (d) => `${d.path}: expected ${d.expected}, got ${d.found}`,
    hint: (d) => `\`wasm-plugin inspect\` prints the types of every function.${didYouMean(d.guess)}`,
  }),
  RESULT_ERROR: row<{ function: string; payload: unknown; shown: string }>({
    multiline: true,
    origin: 'plugin',
    summary: 'The function that `run` called returned the `err` case of its result.',
    message: (d) => `\`${d.function}\` returned an error${d.shown === '' ? '' : `: ${d.shown}`}`,
    hint: 'This is an answer of the plugin, not a crash; --json has the value.',
  }),
  DOCUMENT_TOO_LARGE: row<{ maxBytes: number }>({
    origin: 'plugin',
    summary:
      'A program wrote more than the document of `run --json` takes of one of its streams, and was ended.',
    message: (d) =>
      `the program wrote more than ${d.maxBytes} bytes to one of its streams, which is all that --json takes`,
    hint: 'Leave `--json` out: what a program writes is passed on then as it comes, however much it is.',
  }),
  NO_TESTS: row<{ dir: string; runner: string }>({
    origin: 'app',
    summary: '`test` found no tests in the project, or none that its arguments select.',
    message: (d) => `${d.runner === 'node' ? '`node --test`' : d.runner} ran no tests in ${d.dir}`,
    hint: 'Write them in test/, for example test/plugin.test.js, with `loadPlugin` of @wasm-plugin/sdk/testing.',
  }),
  PLUGIN_NOT_BUILT: row<{ file: string; reason: string }>({
    origin: 'app',
    summary: 'What `publish` would publish is not what the project is built to now.',
    message: (d) => `${d.file} cannot be published: ${d.reason}`,
    hint: 'Build it with `wasm-plugin build`, and publish then. A file that is named is published as it is: `wasm-plugin publish <file>`.',
  }),
  IMAGE_UNUSABLE: row<{ name: string; reason: string }>({
    origin: 'app',
    summary: 'A published plugin is no image that a cluster can run: it serves nothing, or lies in a folder.',
    message: (d) => `${d.name} cannot run in a pod by itself: ${d.reason}`,
    hint: 'An application with it in, such as the gateway, can: `wasm-plugin serve` and `docs/kubernetes.md`.',
  }),
  PLUGIN_NOT_LOCKED: row<{ name: string; locked: readonly string[] }>({
    origin: 'app',
    summary: '`update` was asked for a plugin that the lock file does not have.',
    message: (d) => `${d.name} is not installed here`,
    hint: (d) =>
      d.locked.length === 0
        ? 'Nothing is: install it with `wasm-plugin install`.'
        : `Installed are ${d.locked.join(', ')}.`,
  }),
  GRANTS_FILE_INVALID: row<{ file: string; reason: string }>({
    origin: 'app',
    summary: 'The file of `--grants` does not say what may be asked for.',
    message: (d) => `${d.file} is no list of grants: ${d.reason}`,
    hint: 'Write it as the `capabilities` of a manifest: {"env": [{"key": "LANG", "reason": "Its language."}]}.',
  }),
  GRANTS_FILE_EXCEEDED: row<{ what: string; file: string; more: readonly string[] }>({
    multiline: true,
    origin: 'app',
    summary: 'A version needs consent for more than the file of `--grants` agrees to.',
    message: (d) =>
      `${d.what} needs more than ${d.file} agrees to:${d.more.map((text) => `\n  ${text}`).join('')}`,
    hint: 'Nothing was downloaded. Add it to the file if it may have that, or take a version that asks for less.',
  }),
  REGISTRIES_FILE: row<{ file: string; reason: string }>({
    origin: 'app',
    summary: 'A place of packages cannot be written into the file of the project.',
    message: (d) => `${d.file} cannot be changed: ${d.reason}`,
    hint: 'Nothing was changed. Write it by hand: [namespace_registries], and below it `acme = "dir:./plugins"`.',
  }),
  INTERRUPTED: row<{ ran?: true }>({
    origin: 'app',
    summary: 'Ctrl-C, or an answer to a question was cancelled.',
    message: () => 'interrupted',
    hint: (d) =>
      d.ran
        ? 'What ran was ended where it was: what it had begun may be half done.'
        : 'Nothing was left half written.',
  }),
  INTERNAL_ERROR: row<{ reason: string }>({
    multiline: true,
    origin: 'host',
    summary: 'A defect of wasm-plugin itself.',
    message: (d) => `wasm-plugin itself failed: ${d.reason}`,
    hint: 'Please report this, with the output of the same command and --verbose: https://github.com/wasm-plugin/wasm-plugin/issues',
  }),
} as const

export const failures = defineErrors(failureTable)
