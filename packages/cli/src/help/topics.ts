import type { Style } from '../output/style.js'
import { columns } from './layout.js'

interface Topic {
  readonly name: string
  readonly summary: string
  text(style: Style): string
}

export const topics: readonly Topic[] = [
  {
    name: 'exit-codes',
    summary: 'what the exit code of the process says',
    text: (style) => titled('Exit codes of wasm-plugin', columns(EXIT_CODES, style), style),
  },
  {
    name: 'environment',
    summary: 'the environment variables that are read',
    text: (style) =>
      titled('Environment variables that wasm-plugin reads', columns(ENVIRONMENT, style), style),
  },
  {
    name: 'grants',
    summary: 'how `run` lets a plugin at files, hosts and variables',
    text: (style) =>
      titled('Grants of `wasm-plugin run`', [...columns(GRANTS, style), '', ...GRANT_NOTES], style),
  },
  {
    name: 'values',
    summary: 'how the values of `run` are written',
    text: (style) => titled('Values of `wasm-plugin run`, as JSON or WAVE', columns(VALUES, style), style),
  },
]

const EXIT_CODES = [
  ['0', 'it worked'],
  ['1', 'it ran and failed: a build error, a trap, a denial, a plugin that does not fit its contract'],
  [
    '2',
    'what it was given makes no sense: a word, a path to nothing, a file of the project; nothing was done',
  ],
  ['70', 'a defect of wasm-plugin; please report it'],
  ['130', 'interrupted with Ctrl-C, or by SIGTERM'],
  ['others', '`run`: those of the program that it runs'],
] as const

const ENVIRONMENT = [
  ['NO_COLOR', 'set to anything: no colour'],
  ['FORCE_COLOR', 'colour even when the output is no terminal; 0 for none'],
  ['TERM', '`dumb`: no colour'],
  ['WASM_PLUGIN_KEY_PASSPHRASE', 'the passphrase of the key of --key, and of the one that `keygen` makes'],
  ['SOURCE_DATE_EPOCH', 'the time that goes into what is published; without it, none does'],
  [
    'WKG_…, DOCKER_CONFIG, XDG_…',
    'where registries and passwords are configured, as wasm-pkg and docker read it',
  ],
  ['PATH', 'where cargo, rustc and rustup are looked for'],
  ['CARGO_HOME, RUSTUP_HOME', 'as cargo and rustup read them'],
] as const

const GRANTS = [
  ['--allow-read ./data', 'read the folder, which the plugin sees as /data'],
  ['--allow-read ./data:/in', 'the same, seen as /in'],
  ['--allow-write ./out', 'read and write the folder'],
  ["--allow-net 'GET https://api.example.com/v1/**'", 'one method, one host, one part of it'],
  ['--allow-net https://*.example.com', 'every method, every host below example.com'],
  ['--allow-env LANG', 'the variable, with the value it has here'],
  ['--allow-env LANG=de', 'the variable, with this value'],
] as const

const GRANT_NOTES = [
  '  A plugin gets what it asks for in its manifest and what is allowed here, never more than either.',
  '  Nothing is allowed by default.',
]

const VALUES = [
  ['12  -3  0.5  nan  inf', 'numbers; 64-bit ones are exact'],
  ['true  "text"  text', 'a parameter of type string may go without its quotes'],
  ["'x'", 'a char'],
  ['[1, 2]', 'a list; (1, "a") or [1, "a"] is a tuple'],
  [
    '{"max-size": 3} {maxSize: 3}',
    'a record, by WIT names or camelCase; fields of type option may be left out',
  ],
  ['red  "red"', 'an enum'],
  ['{read, write}  ["read"]', 'flags'],
  ['text("a")  {"tag": "text", "val": "a"}', 'a variant'],
  ['some(1)  1  none  null', 'an option'],
  ['ok(1)  err("no")', 'a result'],
] as const

function titled(title: string, lines: readonly string[], style: Style): string {
  return [`${style.bold(title)}`, '', ...lines].join('\n')
}
