import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { commandTable } from '#internal'
import { linkModules } from './helpers/project.js'
import { runCli, runJson } from './helpers/run-cli.js'
import { tempDir } from './helpers/temp-dir.js'

const WIT = 'package acme:site@0.1.0;\n\nworld one { export run: func() -> string; }\nworld two {}\n'
const MANIFEST = {
  manifestVersion: 1,
  name: 'site',
  version: '1.0.0',
  capabilities: {},
  build: { language: 'assemblyscript', wit: 'wit', world: 'one' },
}

/** A folder with a project that builds, a second contract, and files that are no plugins. */
function folder(): string {
  const cwd = tempDir()
  linkModules(cwd)
  const files = {
    'wasm-plugin.json': JSON.stringify(MANIFEST),
    'wit/world.wit': WIT,
    'assembly/index.ts': 'export function run(): string { return "here"; }\n',
    'test/plugin.test.js': '',
    'bad.wit': 'package acme:site;\n\ninterface i {\n  f: func(a: strin) -> u32;\n}\n',
    'broken.wit': 'package acme:site;\nworld w {\n  export f: func(;\n}\n',
    'full/mine.txt': 'mine',
    'text.wasm': 'no component',
    'core.wasm': Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0),
  }
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(cwd, name)), { recursive: true })
    writeFileSync(path.join(cwd, name), content)
  }
  return cwd
}

interface Row {
  readonly argv: readonly string[]
  /** Damages the folder first. */
  readonly given?: (cwd: string) => void
  readonly code: string
  readonly exitCode: number
  /** What the message and the hint have to say. */
  readonly says: readonly (string | RegExp)[]
}

const write = (name: string, text: string) => (cwd: string) => writeFileSync(path.join(cwd, name), text)
const remove = (name: string) => (cwd: string) => rmSync(path.join(cwd, name), { recursive: true })
const manifest = (build: object) =>
  write('wasm-plugin.json', JSON.stringify({ ...MANIFEST, build: { ...MANIFEST.build, ...build } }))

/** Every command that reads a contract, as it is called with one. */
const readers = {
  new: (wit: string, world?: string) => ['new', 'fresh', '--lang', 'rust', '--wit', wit, ...named(world)],
  types: (wit: string, world?: string) => ['types', '--wit', wit, '-o', 'out/types.ts', ...named(world)],
  validate: (wit: string, world?: string) => ['validate', plugin(), '--wit', wit, ...named(world)],
  bindings: (wit: string, world?: string) => [
    ...['bindings', '--lang', 'assemblyscript', '--wit', wit, '-o', 'out', ...named(world)],
  ],
}
const named = (world: string | undefined) => (world === undefined ? [] : ['--world', world])
const plugin = () => path.join(inject('kitchen'), 'dist/kitchen.wasm')

const contracts = Object.entries(readers).flatMap(([command, argv]): [string, () => Row][] => [
  [
    `${command}: WIT that does not parse`,
    () => ({
      argv: argv('broken.wit'),
      code: 'WIT_SYNTAX',
      exitCode: 1,
      says: [/broken\.wit:3: .*expected/],
    }),
  ],
  [
    `${command}: WIT that names what there is not`,
    () => ({ argv: argv('bad.wit'), code: 'WIT_SYNTAX', exitCode: 1, says: [/bad\.wit:4: .*strin/] }),
  ],
  [
    `${command}: a world that there is not`,
    () => ({ argv: argv('wit', 'three'), code: 'WORLD_UNKNOWN', exitCode: 2, says: ['\n  one\n  two'] }),
  ],
  [
    `${command}: several worlds and none chosen`,
    () => ({ argv: argv('wit'), code: 'WORLD_UNKNOWN', exitCode: 2, says: ['\n  one\n  two', '--world'] }),
  ],
  [
    `${command}: no WIT`,
    () => ({ argv: argv('nowhere'), code: 'WIT_MISSING', exitCode: 2, says: ['nowhere'] }),
  ],
])

/** `build`, and `test`, which builds first. */
const builders = ['build', 'test'].flatMap((command): [string, () => Row][] => {
  const row = (name: string, rest: Omit<Row, 'argv'>): [string, () => Row] => [
    `${command}: ${name}`,
    () => ({ argv: [command], ...rest }),
  ]
  return [
    row('no project', {
      given: remove('wasm-plugin.json'),
      code: 'NO_PROJECT',
      exitCode: 2,
      says: ['npx @wasm-plugin/cli new'],
    }),
    row('a manifest that is not JSON', {
      given: write('wasm-plugin.json', '{'),
      code: 'MANIFEST_NOT_JSON',
      exitCode: 2,
      says: [/^wasm-plugin\.json is not JSON: /],
    }),
    row('a manifest with a key that there is not', {
      given: (cwd) => {
        const file = path.join(cwd, 'wasm-plugin.json')
        const json = JSON.parse(readFileSync(file, 'utf8'))
        write('wasm-plugin.json', JSON.stringify({ ...json, capabilites: {} }))(cwd)
      },
      code: 'MANIFEST_INVALID',
      exitCode: 2,
      says: [/^wasm-plugin\.json is invalid.*capabilites/],
    }),
    row('a published contract where a path is wanted', {
      given: manifest({ host: 'acme:site@^0.2' }),
      code: 'WIT_MISSING',
      exitCode: 2,
      says: ['bring it with `wasm-plugin wit fetch acme:site@^0.2`'],
    }),
    row('an unknown language', {
      given: manifest({ language: 'cobol' }),
      code: 'INVALID_BUILD_SETTING',
      exitCode: 2,
      says: ['assemblyscript', 'rust'],
    }),
    row('WIT that does not parse', {
      given: (cwd) => write('wit/world.wit', readFileSync(path.join(cwd, 'broken.wit'), 'utf8'))(cwd),
      code: 'WIT_SYNTAX',
      exitCode: 1,
      says: [/wit\/world\.wit:3: .*expected/],
    }),
    row('a world that there is not', {
      given: manifest({ world: 'three' }),
      code: 'WORLD_UNKNOWN',
      exitCode: 2,
      says: ['\n  one\n  two', 'build.world'],
    }),
    row('a world that the application does not offer', {
      given: (cwd) => {
        write('app.wit', WIT.replace('world one', 'world eins'))(cwd)
        manifest({ host: 'app.wit' })(cwd)
      },
      code: 'WORLD_NOT_OFFERED',
      exitCode: 1,
      says: ['app.wit offers no world "one"', '\n  eins\n  two', 'build.world'],
    }),
    row('another contract than the application has', {
      given: (cwd) => {
        write('app.wit', WIT.replace('run: func() -> string', 'run: func() -> u32'))(cwd)
        manifest({ host: 'app.wit' })(cwd)
      },
      code: 'HOST_MISMATCH',
      exitCode: 1,
      says: [/run is .*string.* here and .*u32.* there/, 'nothing was written'],
    }),
    row('no entry file', {
      given: remove('assembly'),
      code: 'ENTRY_MISSING',
      exitCode: 2,
      says: ['assembly/index.ts'],
    }),
    row('no compiler', {
      given: remove('node_modules/assemblyscript'),
      code: 'TOOLCHAIN_MISSING',
      exitCode: 1,
      says: ['npm install --save-dev assemblyscript'],
    }),
    row('no cargo', {
      given: (cwd) => {
        manifest({ language: 'rust' })(cwd)
        const before = process.env.PATH
        process.env.PATH = path.join(cwd, 'full')
        onTestFinished(() => {
          process.env.PATH = before
        })
      },
      code: 'TOOLCHAIN_MISSING',
      exitCode: 1,
      says: ['rustup'],
    }),
    row('a mistake in the source', {
      given: write('assembly/index.ts', 'export function run(): string {\n  return 1;\n}\n'),
      code: 'COMPILE_FAILED',
      exitCode: 1,
      says: [/^assembly\/index\.ts:2: /],
    }),
    row('an export that is missing', {
      given: write('assembly/index.ts', '\n'),
      code: 'EXPORT_MISSING',
      exitCode: 1,
      says: ['run', 'assembly/index.ts'],
    }),
  ]
})

const names: [string, () => Row][] = [
  ...['Has Capitals', 'a_b', '-x', 'con'].map((name): [string, () => Row] => [
    `new: the name "${name}"`,
    () => ({
      argv: ['new', `./${name}`, '--lang', 'rust'],
      code: 'INVALID_PROJECT_NAME',
      exitCode: 2,
      says: ['lower-case letters'],
    }),
  ]),
  [
    'new: a folder that is not empty',
    () => ({
      argv: ['new', 'full', '--lang', 'rust'],
      code: 'TARGET_NOT_EMPTY',
      exitCode: 2,
      says: ['mine.txt'],
    }),
  ],
  [
    'new: an unknown language',
    () => ({
      argv: ['new', 'fresh', '--lang', 'cobol'],
      code: 'INVALID_OPTION',
      exitCode: 2,
      says: ['rust'],
    }),
  ],
]

const plugins = (['inspect', 'validate', 'run'] as const).flatMap((command): [string, () => Row][] => {
  const argv = (file: string) =>
    ({
      inspect: ['inspect', file],
      validate: ['validate', file, '--wit', 'wit', '--world', 'one'],
      run: ['run', file, 'f'],
    })[command]
  return [
    [
      `${command}: no such plugin`,
      () => ({ argv: argv('none.wasm'), code: 'PATH_NOT_FOUND', exitCode: 2, says: ['none.wasm'] }),
    ],
    [`${command}: a folder`, () => ({ argv: argv('full'), code: 'NOT_A_FILE', exitCode: 2, says: ['full'] })],
    [
      `${command}: what is not WebAssembly`,
      () => ({ argv: argv('text.wasm'), code: 'NOT_WASM', exitCode: 1, says: [] }),
    ],
    [
      `${command}: a core module`,
      () => ({ argv: argv('core.wasm'), code: 'CORE_MODULE', exitCode: 1, says: [] }),
    ],
  ]
})

const others: [string, () => Row][] = [
  [
    'types: a file that cannot be written',
    () => ({
      argv: ['types', '--wit', 'wit', '--world', 'one', '-o', 'core.wasm/types.ts'],
      code: 'PATH_UNWRITABLE',
      exitCode: 1,
      says: ['core.wasm/types.ts'],
    }),
  ],
  [
    'bindings: a folder that cannot be written',
    () => ({
      argv: ['bindings', '--lang', 'assemblyscript', '--wit', 'wit', '--world', 'one', '-o', 'core.wasm/gen'],
      code: 'PATH_UNWRITABLE',
      exitCode: 1,
      says: ['core.wasm/gen'],
    }),
  ],
  [
    'a command that there is not',
    () => ({ argv: ['biuld'], code: 'UNKNOWN_COMMAND', exitCode: 2, says: ['`build`'] }),
  ],
  [
    'an option that there is not',
    () => ({ argv: ['build', '--wacth'], code: 'UNKNOWN_OPTION', exitCode: 2, says: ['`--watch`'] }),
  ],
]

/** Of every command: `--allow-write "$DIR"`, where `DIR` is not set. */
const nothing = (await Promise.all(commandTable.map(({ load }) => load()))).flatMap(
  (command): [string, () => Row][] => {
    const row = (name: string, argv: readonly string[], code: string): [string, () => Row] => [
      `${command.name}: nothing for ${name}`,
      () => ({
        argv: [command.name, ...argv],
        code,
        exitCode: 2,
        says: ['does not take ""', 'may not be set'],
      }),
    ]
    const named = Object.entries(command.arguments)
    const others = (name?: string) =>
      named.flatMap(([one, { kind }]) => (one === name ? [''] : kind === 'required' ? ['x'] : []))
    const options = Object.entries(command.options).flatMap(([name, option]) => {
      const isChoice = option.kind === 'value' && option.choices !== undefined
      return option.kind === 'flag' || isChoice
        ? []
        : [row(`--${name}`, [...others(), `--${name}`, ''], 'INVALID_OPTION')]
    })
    const given = named.flatMap(([name, { kind, mayBeEmpty }], i) => {
      const before = named.slice(0, i).map(() => 'x')
      const after = others(name).slice(others(name).indexOf('') + 1)
      return mayBeEmpty || kind === 'after-dashes'
        ? []
        : [row(name, [...before, '', ...after], 'INVALID_ARGUMENT')]
    })
    return [...options, ...given]
  },
)

describe('nothing in the place of a value', () => {
  it.each(nothing)('%s', async (_, make) => {
    const cwd = tempDir()
    const { argv, code, exitCode, says } = make()
    const { stdout, exitCode: ended } = await runCli([...argv, '--json'], { cwd })
    const { error } = JSON.parse(stdout.trim())
    expect({ ended, code: error.code }).toEqual({ ended: exitCode, code })
    for (const text of says) expect(`${error.message}\n${error.hint}`).toMatch(text)
    expect(contentsOf(cwd)).toEqual({})
  })

  it('run: nothing before where a folder is seen', async () => {
    for (const option of ['--allow-read', '--allow-write']) {
      const { document } = await runJson(['run', plugin(), option, ':/data'], { cwd: tempDir() })
      expect(document.error).toMatchObject({ code: 'INVALID_OPTION' })
    }
  })
})

describe('bad input', () => {
  it.each([...contracts, ...builders, ...names, ...plugins, ...others])('%s', async (_, make) => {
    const cwd = folder()
    const { argv, given, code, exitCode, says } = make()
    given?.(cwd)
    const before = contentsOf(cwd)

    const human = await runCli(argv, { cwd, env: process.env })
    expect(human).toMatchObject({ exitCode, stdout: '' })
    const shown = human.stderr.slice(human.stderr.indexOf('error['))
    expect(shown).toMatch(new RegExp(`^error\\[${code}\\]: .+\\n`))
    expect(shown).toMatch(/\nhint: .+\n$/s)

    const { stdout, exitCode: again } = await runCli([...argv, '--json'], { cwd, env: process.env })
    const document = JSON.parse(stdout)
    expect(again).toBe(exitCode)
    expect(document).toMatchObject({
      schema: 1,
      ok: false,
      exitCode,
      error: { code, message: expect.any(String), hint: expect.any(String), origin: expect.any(String) },
    })
    const { message, hint } = document.error
    for (const text of says) expect(`${message}\n${hint}`).toMatch(text)

    expect(contentsOf(cwd)).toEqual(before)
  })

  it('validate: a plugin for a world that the application does not offer', async () => {
    const cwd = folder()
    const argv = ['validate', plugin(), '--wit', 'wit', '--world', 'one']
    const { exitCode, stdout } = await runCli([...argv, '--json'], { cwd })
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ schema: 1, ok: false, result: { fits: false } })
  })

  it('run: a plugin that imports what no host offers', async () => {
    const cwd = folder()
    const wit =
      'package wasi:nowhere@0.1.0;\ninterface thing { get: func() -> u32; }\nworld one { import thing; export run: func() -> u32; }\n'
    write('wit/world.wit', wit)(cwd)
    write(
      'assembly/index.ts',
      'import { get } from "./gen/wasi-nowhere/thing";\nexport function run(): u32 { return get(); }\n',
    )(cwd)
    expect((await runCli(['build', '--mode', 'debug'], { cwd, env: process.env })).stderr).toContain(
      'Finished',
    )
    const { exitCode, stdout } = await runCli(['run', 'dist/site.wasm', 'run', '--json'], { cwd })
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout).error).toMatchObject({
      // An application could provide it, so it is a stand-in until it is called.
      code: 'IMPORT_STUBBED',
      message: expect.stringContaining('wasi:nowhere/thing@0.1.0'),
    })
  })
})

/** Digest of every file by path. Bindings beside the source and caches are not what a command was asked for. */
function contentsOf(dir: string): Record<string, string> {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map((file) => path.relative(dir, path.join(file.parentPath, file.name)))
  const ours = paths.filter((file) => !/^node_modules\/|^assembly\/gen\//.test(file))
  return Object.fromEntries(
    ours.sort().map((file) => [
      file,
      createHash('sha256')
        .update(readFileSync(path.join(dir, file)))
        .digest('hex'),
    ]),
  )
}
