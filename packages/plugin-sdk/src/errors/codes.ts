import { defineErrors, describeErrors, type ErrorRow } from '@wasm-plugin/runtime/internal'
import { memberName, pascalCase } from '../wit/names.js'

const row = <D>(r: ErrorRow<D>): ErrorRow<D> => r
const place = (d: { file?: string; line?: number }) =>
  d.file === undefined ? '' : d.line === undefined ? `${d.file}: ` : `${d.file}:${d.line}: `
const list = (names: readonly string[]) => names.map((name) => `\n  ${name}`).join('')

/** Every code that the SDK throws. Codes are permanent: add, never rename. */
export const sdkErrorTable = {
  WIT_MISSING: row<{ path: string; reason: string }>({
    origin: 'app',
    summary: 'The path given as WIT is not there, or holds no .wit file.',
    message: (d) => `no WIT at ${d.path}: ${d.reason}`,
    hint: (d) => {
      const published = /[a-z][a-z0-9-]*:[a-z][a-z0-9-]*(?:@[^\\/]*)?$/.exec(d.path)?.[0]
      return published === undefined
        ? 'Pass a .wit file, or the folder of one WIT package (its dependencies in deps/).'
        : `\`${published}\` names a published contract, and a path is wanted here: bring it with \`wasm-plugin wit fetch ${published}\`, and name its folder below wit/deps.`
    },
  }),
  WIT_UNREADABLE: row<{ path: string; reason: string }>({
    origin: 'app',
    summary: 'A file or folder of a WIT package is there and cannot be read.',
    message: (d) => `${d.path} cannot be read: ${d.reason}`,
    hint: 'Correct its permissions, or take it out of the folder of the contract.',
  }),
  WIT_SYNTAX: row<{ file?: string; line?: number; reason: string; fix?: string | undefined }>({
    multiline: true,
    origin: 'app',
    summary: 'The WIT does not parse, or names something that does not exist.',
    message: (d) => `${place(d)}${d.reason}`,
    hint: (d) =>
      d.fix ??
      'Correct the WIT; https://component-model.bytecodealliance.org/design/wit.html describes the language.',
  }),
  TEST_OPTION_UNKNOWN: row<{ option: string; known: readonly string[]; guess?: string | undefined }>({
    origin: 'app',
    summary: 'An option of `loadPlugin` of the test kit does not exist.',
    message: (d) => `\`loadPlugin\` has no option "${d.option}"`,
    hint: (d) =>
      d.guess
        ? `Did you mean \`${d.guess}\`?`
        : `It takes ${d.known.map((name) => `\`${name}\``).join(', ')}.`,
  }),
  FEATURE_UNKNOWN: row<{ feature: string; known: readonly string[] }>({
    multiline: true,
    origin: 'app',
    summary: 'A feature was asked for of which the WIT has no `@unstable` item.',
    message: (d) =>
      d.known.length === 0
        ? `the WIT has no unstable feature "${d.feature}": it has none at all`
        : `the WIT has no unstable feature "${d.feature}"; it has:${list(d.known)}`,
    hint: 'Correct `--features` (`build.features` in wasm-plugin.json), or leave it out.',
  }),
  WAT_SYNTAX: row<{ file?: string | undefined; line: number; column: number; reason: string }>({
    origin: 'plugin',
    summary: "A text in WebAssembly's text format does not parse, or names something that does not exist.",
    message: (d) => `${d.file === undefined ? '' : `${d.file}:`}${d.line}:${d.column}: ${d.reason}`,
    hint: 'Correct the text; https://webassembly.github.io/spec/core/text/index.html describes modules.',
  }),
  WORLD_UNKNOWN: row<{ world?: string; known: readonly string[] }>({
    origin: 'app',
    summary: 'The WIT has no world of that name, or several and none was chosen.',
    message: (d) =>
      d.world === undefined
        ? `the WIT has ${d.known.length} worlds and none was chosen:${list(d.known)}`
        : `the WIT has no world "${d.world}"; it has:${list(d.known)}`,
    hint: 'Name one of them with `--world` (`build.world` in wasm-plugin.json).',
  }),
  WORLD_MISDECLARED: row<{ declared: string; world: string }>({
    origin: 'app',
    summary: 'The manifest says that the plugin is for another world than the one that it is built for.',
    message: (d) => `"world" of wasm-plugin.json is ${d.declared}, and the plugin is built for ${d.world}`,
    hint: (d) =>
      `Write "world": "${d.world}", or leave it out; \`build.wit\` and \`build.world\` say what is built.`,
  }),
  WORLD_NOT_OFFERED: row<{ host: string; world: string; known: readonly string[] }>({
    origin: 'app',
    summary: 'The plugin is built for a world that the application named by `--host` does not have.',
    message: (d) => `${d.host} offers no world "${d.world}"; it offers:${list(d.known)}`,
    hint: 'Build for one of them (`build.world` in wasm-plugin.json), with the contract of this application.',
  }),
  HOST_MISMATCH: row<{
    host: string
    world: string
    differences: readonly string[]
    offers: readonly string[]
  }>({
    multiline: true,
    origin: 'plugin',
    summary:
      'The component does not fit the world of the application named by `--host`, which would refuse it.',
    message: (d) =>
      `the plugin does not fit ${d.world} of ${d.host}:${list(d.differences)}\nthe application has:${list(d.offers.length === 0 ? ['nothing to import'] : d.offers)}`,
    hint: "Build with the application's own contract (`build.wit`); nothing was written.",
  }),
  WIT_TOOLS_FAILED: row<{ step: string; reason: string }>({
    multiline: true,
    origin: 'host',
    summary: 'A WIT tool failed in a way that is not the fault of the WIT.',
    message: (d) => `${d.step} failed: ${d.reason}`,
    hint: 'Please report it with the WIT that shows it.',
  }),
  TYPE_UNSUPPORTED: row<{ language: string; item: string; feature: string; elsewhere: boolean }>({
    origin: 'app',
    summary:
      'The world uses a WIT feature that the language of the plugin cannot express, or that no host runs.',
    message: (d) => `${d.item} uses ${d.feature}, which ${d.language} plugins cannot implement or call`,
    hint: (d) =>
      d.elsewhere
        ? `Leave it out of the world, or write the plugin in ${d.language === 'Rust' ? 'another language' : 'Rust'}.`
        : 'Leave it out of the world: the host runs it in no language yet.',
  }),
  PROJECT_UNKNOWN: row<{ dir: string; reason: string }>({
    origin: 'app',
    summary: 'The folder is not a plugin project.',
    message: (d) => `${d.dir} is not a plugin project: ${d.reason}`,
    hint: 'Run the command in the project folder, or make one with `npx @wasm-plugin/cli new <name>`.',
  }),
  TOOLCHAIN_MISSING: row<{ tool: string; reason: string; fix: string }>({
    multiline: true,
    origin: 'app',
    summary: 'A compiler that the language of the plugin needs is not installed.',
    message: (d) => `${d.tool} is missing: ${d.reason}`,
    hint: (d) => d.fix,
  }),
  COMPILE_FAILED: row<{
    language: string
    file?: string
    line?: number
    column?: number
    reason: string
    count: number
    output: string
    /** What to write instead, where it is known. */
    fix?: string
  }>({
    multiline: true,
    origin: 'plugin',
    summary: "The compiler refused the plugin's source.",
    message: (d) => `${place(d)}${d.reason}${d.count > 1 ? ` (and ${d.count - 1} more)` : ''}`,
    hint: (d) => d.fix ?? 'Correct the source; `--verbose` prints everything the compiler said.',
  }),
  COMPILER_CRASHED: row<{ tool: string; reason: string; output: string }>({
    multiline: true,
    origin: 'host',
    summary: 'The compiler itself failed, without saying what is wrong with the source.',
    message: (d) => `the ${d.tool} compiler crashed: ${d.reason}`,
    hint: 'Try another `--mode`; `--verbose` prints what it said, which is worth a report to its makers.',
  }),
  EXPORT_MISSING: row<{ file: string; line?: number; name: string; found?: string; wanted: string }>({
    multiline: true,
    origin: 'plugin',
    summary: 'The plugin does not export what its world asks for.',
    message: (d) =>
      `${d.file}${d.line === undefined ? '' : `:${d.line}`} must export ${d.name}:\n  ${d.wanted}`,
    hint: (d) =>
      d.found === undefined ? `Add it to ${d.file}.` : `There is ${d.found}; did you mean ${d.name}?`,
  }),
  EXPORT_MISMATCH: row<{ file: string; line: number; name: string; wanted: string; reason: string }>({
    multiline: true,
    origin: 'plugin',
    summary: 'The plugin exports a function whose parameters or result are not those of its world.',
    message: (d) =>
      `${d.file}:${d.line}: ${d.name} does not fit the contract: ${d.reason}\n  wanted ${d.wanted}`,
    hint: 'Give the function the signature shown.',
  }),
  ENTRY_MISSING: row<{ file: string; reason?: string }>({
    origin: 'plugin',
    summary: 'The entry file of the plugin is not there, or is a folder.',
    message: (d) => `the entry file ${d.file} ${d.reason ?? 'does not exist'}`,
    hint: 'Create it, or set `build.entry` in wasm-plugin.json.',
  }),
  OUTPUT_UNWRITABLE: row<{ path: string; reason: string }>({
    origin: 'app',
    summary: 'The system does not let the component or generated files be written.',
    message: (d) => `cannot write ${d.path} (${d.reason})`,
    hint: 'Check that no file or folder of yours is in its place, that it may be written to, and that the disk is not full.',
  }),
  GENERATED_IN_THE_WAY: row<{ file: string }>({
    origin: 'app',
    summary: 'A generated file would overwrite one that no build has written.',
    message: (d) => `${d.file} is in the place of a generated file, and is not one`,
    hint: 'Keep your own files outside of the folder of generated ones, or remove this one.',
  }),
  PATH_OUTSIDE_PROJECT: row<{ setting: string; path: string }>({
    origin: 'plugin',
    summary:
      'A path of the project leads out of its folder, by `..` or through a link, and was neither read nor written.',
    message: (d) => `${d.setting} is ${d.path}, which is outside of the project`,
    hint: 'Move the file into the project, or build the folder that holds both; only contracts (`wit`, `host`) may lie elsewhere.',
  }),
  PROJECT_CODE_REFUSED: row<{ what: string }>({
    origin: 'plugin',
    summary:
      'The project cannot be built without running code that it brings, which `--no-project-code` forbids.',
    message: (d) => `building this project would run ${d.what}`,
    hint: 'Read that code, or build in a container; without `--no-project-code` the build trusts the project.',
  }),
  BINDINGS_ELSEWHERE: row<{ language: string; instead: string }>({
    origin: 'app',
    summary: 'Bindings were asked for in a language whose own tools make them.',
    message: (d) => `bindings for ${d.language} are not generated by wasm-plugin`,
    hint: (d) => d.instead,
  }),
  COMPONENT_MISSING: row<{ path: string }>({
    origin: 'app',
    summary: 'A test, or `validate`, asked for the component of a project that has not been built.',
    message: (d) => `there is no component at ${d.path}`,
    hint: 'Run `wasm-plugin build`, or the tests with `wasm-plugin test`, which builds first.',
  }),
  IMPORT_STUBBED: row<{ function: string }>({
    origin: 'app',
    summary:
      'The plugin called a function of the application that has to return a value, and nothing answers for it.',
    message: (d) => `the plugin called \`${d.function}\`, which only the application can answer`,
    hint: (d) =>
      `In a test, give \`loadPlugin\` a fake: imports: ${fakeOf(d.function)}. \`wasm-plugin run\` has no application behind it, so call a function there that does without.`,
  }),
} as const

/** `{ 'acme:site/log': { write() { … } } }` */
function fakeOf(name: string): string {
  const [id = '', member] = name.split('#')
  if (member === undefined) return `{ ${memberName(id)}() { … } }`
  const [owner = '', method] = member.split('.')
  const fake = method === undefined ? `${memberName(owner)}() { … }` : `${pascalCase(owner)}: class { … }`
  return `{ '${id.split('@')[0]}': { ${fake} } }`
}

export const errors = defineErrors(sdkErrorTable)
export const sdkErrorDocs = describeErrors(sdkErrorTable)
