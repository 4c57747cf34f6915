import { execFile, execFileSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeEach, describe, expect, inject, it } from 'vitest'
import { describeFailure } from '#internal'
import { linkModules } from './helpers/project.js'
import { runJson } from './helpers/run-cli.js'
import { tempDir } from './helpers/temp-dir.js'

const BIN = fileURLToPath(new URL('../bin/wasm-plugin.js', import.meta.url))
const WIT = 'package acme:site@0.1.0;\n\nworld one { export run: func() -> string; }\n'
const isLinux = process.platform === 'linux'
let dir: string

beforeEach(() => {
  dir = tempDir()
  writeFileSync(path.join(dir, 'world.wit'), WIT)
})

const types = (output: string) => runJson(['types', '--wit', 'world.wit', '-o', output], { cwd: dir })
const read = (name: string) => readFileSync(path.join(dir, name), 'utf8')

describe('an output that is not a file', () => {
  it('is written through a link, also one that leads to nothing yet', async () => {
    writeFileSync(path.join(dir, 'target'), 'old')
    for (const target of ['target', 'later']) {
      symlinkSync(target, path.join(dir, `link-to-${target}`))
      expect((await types(`link-to-${target}`)).exitCode).toBe(0)
      expect(lstatSync(path.join(dir, `link-to-${target}`)).isSymbolicLink()).toBe(true)
      expect(read(target)).toContain('run()')
    }
    expect(readdirSync(dir).sort()).toEqual([
      'later',
      'link-to-later',
      'link-to-target',
      'target',
      'world.wit',
    ])
  })

  it.runIf(isLinux)('is written into when it is a device, and tells when the device is full', async () => {
    // By links: if it were replaced, that would be the machine's.
    for (const name of ['null', 'full']) symlinkSync(`/dev/${name}`, path.join(dir, name))
    expect((await types('null')).exitCode).toBe(0)
    const { exitCode, document } = await types('full')
    for (const name of ['null', 'full']) expect(statSync(path.join(dir, name)).isCharacterDevice()).toBe(true)
    expect(document.error).toMatchObject({
      code: 'PATH_UNWRITABLE',
      message: expect.stringMatching(/full \(ENOSPC\)$/),
    })
    expect(exitCode).toBe(1)
  })

  it.runIf(isLinux)('is written into when it is a pipe that somebody reads', async () => {
    const pipe = path.join(dir, 'pipe')
    execFileSync('mkfifo', [pipe])
    const reader = promisify(execFile)('cat', [pipe])
    expect((await types('pipe')).exitCode).toBe(0)
    expect((await reader).stdout).toContain('run()')
  })

  it('is refused when it is a folder', async () => {
    mkdirSync(path.join(dir, 'folder'))
    const { document } = await types('folder')
    expect(document.error).toMatchObject({
      code: 'PATH_UNWRITABLE',
      message: expect.stringContaining('EISDIR'),
    })
  })
})

it.runIf(isLinux).each([
  ['types', ['types', '--wit', 'world.wit', '-o', '/proc/x/a.ts']],
  ['bindings', ['bindings', '--lang', 'c', '--wit', 'world.wit', '-o', '/proc/x']],
  ['run', ['run', 'PLUGIN', 'tell', '--learn', '/proc/x/a.json']],
  ['new', ['new', '/proc/x/y', '--lang', 'rust']],
])('%s ends when no folder can be made for its output', async (_, argv) => {
  const plugin = path.join(inject('kitchen'), 'dist/kitchen.wasm')
  const args = argv.map((arg) => (arg === 'PLUGIN' ? plugin : arg))
  // In a process of its own, which can be ended if it does not end.
  const failed = await promisify(execFile)(process.execPath, [BIN, ...args], {
    cwd: dir,
    timeout: 60_000,
  }).catch((error: unknown) => error as { stderr: string; code: number; killed: boolean })
  expect(failed).toMatchObject({
    killed: false,
    code: 1,
    stderr: expect.stringContaining('[PATH_UNWRITABLE]'),
  })
})

describe('build', () => {
  beforeEach(() => {
    linkModules(dir)
    mkdirSync(path.join(dir, 'assembly'))
    writeFileSync(path.join(dir, 'assembly/index.ts'), 'export function run(): string { return "here"; }\n')
    settings({})
  })

  const settings = (build: object) =>
    writeFileSync(
      path.join(dir, 'wasm-plugin.json'),
      JSON.stringify({
        manifestVersion: 1,
        name: 'site',
        version: '1.0.0',
        build: { language: 'assemblyscript', wit: 'world.wit', ...build },
      }),
    )
  const errorOf = async () => (await runJson(['build'], { cwd: dir })).document.error

  it('says that the entry is a folder', async () => {
    settings({ entry: 'assembly' })
    expect(await errorOf()).toMatchObject({
      code: 'ENTRY_MISSING',
      message: 'the entry file assembly is not a file',
    })
    settings({ language: 'js', entry: 'assembly' })
    expect(await errorOf()).toMatchObject({ code: 'ENTRY_MISSING' })
  })

  it.each([
    ['dist is a file', 'dist', 'ENOTDIR|EEXIST'],
    ['the folder of generated files is a file', 'assembly/gen', 'EEXIST|ENOTDIR'],
  ])('says that %s', async (_, place, reason) => {
    writeFileSync(path.join(dir, place), 'mine')
    const error = await errorOf()
    expect(error).toMatchObject({ code: 'OUTPUT_UNWRITABLE', message: expect.stringMatching(reason) })
    expect(read(place)).toBe('mine')
  })

  it('says that a folder is in the place of the component', async () => {
    mkdirSync(path.join(dir, 'dist/site.wasm'), { recursive: true })
    expect(await errorOf()).toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      message: `cannot write ${path.join(dir, 'dist/site.wasm')} (EISDIR)`,
    })
    expect(readdirSync(path.join(dir, 'dist'))).toEqual(['site.wasm'])
  })

  it('keeps files of the author among those that it generates, and removes its own', async () => {
    const contract = (world: string) =>
      `package acme:site@0.1.0;\ninterface old { size: func() -> u32; }\ninterface mine { size: func() -> u32; }\n${world}`
    writeFileSync(
      path.join(dir, 'world.wit'),
      contract('world one { import old; export run: func() -> string; }'),
    )
    mkdirSync(path.join(dir, 'assembly/gen/acme-site'), { recursive: true })
    writeFileSync(path.join(dir, 'assembly/gen/acme-site/mine.ts'), 'precious')
    expect(await errorOf()).toBeUndefined()
    expect(existsSync(path.join(dir, 'assembly/gen/acme-site/old.ts'))).toBe(true)
    writeFileSync(path.join(dir, 'world.wit'), contract('world one { export run: func() -> string; }'))
    expect(await errorOf()).toBeUndefined()
    expect(readdirSync(path.join(dir, 'assembly/gen/acme-site'))).toEqual(['mine.ts'])
    writeFileSync(
      path.join(dir, 'world.wit'),
      contract('world one { import mine; export run: func() -> string; }'),
    )
    expect(await errorOf()).toMatchObject({ code: 'GENERATED_IN_THE_WAY' })
    expect(read('assembly/gen/acme-site/mine.ts')).toBe('precious')
  })

  // Root may write anywhere.
  it.runIf(process.getuid?.() !== 0)('says that it may not write', async () => {
    mkdirSync(path.join(dir, 'dist'), { mode: 0o500 })
    expect(await errorOf()).toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      message: expect.stringContaining('EACCES'),
    })
  })
})

it('says of an error of the machine that it is one, wherever it happens', async () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
    syscall: 'write',
  })
  const { error, exitCode } = describeFailure(full, new AbortController().signal)
  expect(error).toMatchObject({ code: 'SYSTEM_REFUSED', origin: 'app', cause: full })
  expect(exitCode).toBe(1)
})
