import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { readProject } from '#internal'
import { newProject } from '../helpers/project.js'
import { runCli, runJson } from '../helpers/run-cli.js'
import { tempDir } from '../helpers/temp-dir.js'

const read = (...parts: string[]) => readFileSync(path.join(...parts), 'utf8')

describe('wasm-plugin new', () => {
  it.each(['rust', 'assemblyscript', 'ts', 'js', 'c', 'cpp', 'wat'])(
    'makes a %s project that is complete',
    async (lang) => {
      const cwd = tempDir()
      const { exitCode, stdout, stderr } = await runCli(['new', 'hello', '--lang', lang], { cwd })
      expect(exitCode).toBe(0)
      expect(stdout).toBe('')
      expect(stderr).toContain('cd hello && npm install')
      const project = await readProject(path.join(cwd, 'hello'))
      expect(project.manifest).toMatchObject({
        name: 'hello',
        version: '0.1.0',
        world: 'example:greeter/plugin@0.1.0',
      })
      expect(project.build).toMatchObject({ language: lang, wit: 'wit', world: 'plugin' })
      for (const file of [
        '.gitignore',
        'package.json',
        'README.md',
        'wit/world.wit',
        'test/plugin.test.js',
      ]) {
        expect(existsSync(path.join(cwd, 'hello', file)), file).toBe(true)
      }
      expect(existsSync(path.join(cwd, 'hello', project.build.entry ?? ''))).toBe(true)
    },
  )

  it('names the schema of its manifest where an editor finds it', async () => {
    const dir = await newProject('rust')
    const { $schema } = JSON.parse(read(dir, 'wasm-plugin.json'))
    const { properties } = JSON.parse(read(dir, $schema))
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(['capabilities', 'build']))
    expect(properties.build.properties).toHaveProperty('language')
    expect((await readProject(dir)).manifest).not.toHaveProperty('$schema')
  })

  it('takes in the unstable features that are asked for, and says what it leaves out', async () => {
    const cwd = tempDir()
    const wit = `package a:b@1.0.0; interface i { old: func(); @unstable(feature = fancy) fresh: func(); } world w { export i; }`
    writeFileSync(path.join(cwd, 'w.wit'), wit)
    const made = await runCli(['new', 'more', '--lang', 'rust', '--wit', 'w.wit', '--features', 'fancy'], {
      cwd,
    })
    expect(made.stderr).not.toContain('note')
    expect((await readProject(path.join(cwd, 'more'))).build.features).toEqual(['fancy'])
    expect(read(cwd, 'more/src/lib.rs')).toContain('world: "w", features: ["fancy"], generate_all')
    expect(read(cwd, 'more/wit/w.wit')).toBe(wit)
    const less = await runCli(['new', 'less', '--lang', 'rust', '--wit', 'w.wit'], { cwd })
    expect(less.stderr).toContain('the unstable feature fancy of the contract is left out')
    expect((await readProject(path.join(cwd, 'less'))).build.features).toBeUndefined()
    const types = await runCli(['types', '--wit', 'w.wit', '--features', 'fancy'], { cwd })
    expect(types).toMatchObject({ stderr: '', stdout: expect.stringContaining('fresh(): Promise<void>') })
    const without = await runCli(['new', 'x', '--lang', 'c', '--features', 'fancy'], { cwd })
    expect(without.stderr).toContain('MISSING_OPTION')
  })

  it('pins every version exactly', async () => {
    const cwd = tempDir()
    await runCli(['new', 'hello', '--lang', 'assemblyscript'], { cwd })
    await runCli(['new', 'crab', '--lang', 'rust'], { cwd })
    await runCli(['new', 'old', '--lang', 'c'], { cwd })
    const versions = ['hello', 'old'].flatMap((name) =>
      Object.values<string>(JSON.parse(read(cwd, name, 'package.json')).devDependencies),
    )
    expect(versions).toHaveLength(8)
    for (const range of versions) expect(range).toMatch(/^\d+\.\d+\.\d+(?:-[\w.-]+)?$/)
    expect(read(cwd, 'crab/Cargo.toml')).toMatch(/wit-bindgen = \{ version = "=\d+\.\d+\.\d+"/)
  })

  it('pins the engine that was asked for, and no other', async () => {
    const cwd = tempDir()
    await runCli(['new', 'full', '--lang', 'ts'], { cwd })
    await runCli(['new', 'tiny', '--lang', 'js', '--engine', 'qjs'], { cwd })
    const packagesOf = (name: string) =>
      Object.keys(JSON.parse(read(cwd, name, 'package.json')).devDependencies).filter(
        (key) => key.includes('componentize') || key === '@wasm-plugin/starling',
      )
    expect(packagesOf('full')).toEqual(['@wasm-plugin/starling'])
    expect(packagesOf('tiny')).toEqual(['componentize-qjs'])
    expect((await readProject(path.join(cwd, 'tiny'))).build.engine).toBe('qjs')
    const refused = await runJson(['new', 'crab', '--lang', 'rust', '--engine', 'qjs'], { cwd })
    expect(refused.document.error?.code).toBe('INVALID_OPTION')
  })

  it('takes the contract of an application, with a function for everything it asks for', async () => {
    const cwd = tempDir()
    const wit = path.join(inject('kitchen'), 'wit')
    const made = await runJson(['new', 'cook', '--lang', 'rust', '--wit', wit, '--world', 'cook'], { cwd })
    expect(made.document.result).toMatchObject({ world: 'acme:kitchen/cook@0.1.0', entry: 'src/lib.rs' })
    expect(made.document.result.files).toContain('wit/deps/wasi-filesystem@0.2.12/package.wit')
    await runJson(['new', 'c', '--lang', 'c', '--wit', wit, '--world', 'cook'], { cwd })
    expect(read(cwd, 'cook/README.md')).toMatch(
      /`npx wasm-plugin run dist\/cook\.wasm [a-z-]+(?:#[a-z-]+)?(?: '<[a-z-]+>')*` calls it/,
    )
    expect(read(cwd, 'c/src/plugin.c')).toContain(
      '_divide(int32_t a, int32_t b, int32_t *ret, cook_string_t *err) {',
    )
    await runJson(['new', 'cpp', '--lang', 'cpp', '--wit', wit, '--world', 'cook'], { cwd })
    expect(read(cwd, 'cpp/src/plugin.cpp')).toContain(
      'std::expected<int32_t, wit::string> Divide(int32_t a, int32_t b) {',
    )
    expect(read(cwd, 'cook/src/lib.rs')).toContain('fn divide(a: i32, b: i32) -> Result<i32, String> {')
    expect(read(cwd, 'cook/test/plugin.test.js')).toContain('["acme:kitchen/values","acme:kitchen/hands"]')
  })

  it.each([
    ['assemblyscript', []],
    ['ts', ['--engine', 'qjs']],
    ['js', ['--engine', 'qjs']],
    ['wat', []],
  ])('builds what it made for an application of its own, in %s', async (language, engine) => {
    const cwd = inject('kitchen')
    const made = await runCli(
      ['new', `made/${language}/stub`, '--lang', language, '--wit', 'wit', '--world', 'cook', ...engine],
      { cwd },
    )
    expect(made.exitCode).toBe(0)
    const dir = path.join(cwd, `made/${language}/stub`)
    const built = await runJson(['build'], { cwd: dir })
    expect(built.document).toMatchObject({ ok: true, result: { world: 'acme:kitchen/cook@0.1.0' } })
    const validated = await runJson(['validate', 'dist/stub.wasm', '--wit', 'wit', '--world', 'cook'], {
      cwd: dir,
    })
    expect(validated.document.result).toMatchObject({ fits: true })
  })

  it.each([
    ['Hello', 'hello'],
    ['my_plugin', 'my-plugin'],
    ['myPlugin', 'my-plugin'],
    ['1st', 'st'],
    ['a--b', 'a-b'],
    ['a-2', 'a2'],
    ['test', undefined],
    ['con', undefined],
    ['fn', undefined],
    ['é', undefined],
    ['x'.repeat(65), 'x'.repeat(64)],
  ])('refuses the name %s', async (name, guess) => {
    const cwd = tempDir()
    const { exitCode, document } = await runJson(['new', name, '--lang', 'rust'], { cwd })
    expect(exitCode).toBe(2)
    expect(document.error?.code).toBe('INVALID_PROJECT_NAME')
    if (guess === undefined) expect(document.error?.hint).not.toContain('Did you mean')
    else expect(document.error?.hint).toContain(`Did you mean \`${guess}\`?`)
    expect(readdirSync(cwd)).toEqual([])
  })

  it('does not touch a folder that holds something, or a file', async () => {
    const cwd = tempDir()
    mkdirSync(path.join(cwd, 'full'))
    writeFileSync(path.join(cwd, 'full', 'mine.txt'), 'mine')
    writeFileSync(path.join(cwd, 'file'), 'mine')
    for (const name of ['full', 'file']) {
      const { exitCode, document } = await runJson(['new', name, '--lang', 'rust'], { cwd })
      expect(exitCode).toBe(2)
      expect(document.error?.code).toBe('TARGET_NOT_EMPTY')
    }
    expect(readdirSync(cwd).sort()).toEqual(['file', 'full'])
    expect(readdirSync(path.join(cwd, 'full'))).toEqual(['mine.txt'])
  })

  it('uses a folder that is a repository and nothing else yet', async () => {
    const cwd = tempDir()
    mkdirSync(path.join(cwd, 'cloned', '.git'), { recursive: true })
    writeFileSync(path.join(cwd, 'cloned', '.git', 'HEAD'), 'ref: refs/heads/main\n')
    const { exitCode } = await runJson(['new', 'cloned', '--lang', 'rust'], { cwd })
    expect(exitCode).toBe(0)
    expect(readdirSync(cwd)).toEqual(['cloned'])
    expect(readdirSync(path.join(cwd, 'cloned'))).toEqual(
      expect.arrayContaining(['.git', 'package.json', 'src']),
    )
    expect(readFileSync(path.join(cwd, 'cloned', '.git', 'HEAD'), 'utf8')).toBe('ref: refs/heads/main\n')
  })

  it('uses a folder that is empty', async () => {
    const cwd = tempDir()
    mkdirSync(path.join(cwd, 'empty'))
    expect((await runCli(['new', 'empty', '--lang', 'rust'], { cwd })).exitCode).toBe(0)
    expect(existsSync(path.join(cwd, 'empty', 'Cargo.toml'))).toBe(true)
  })

  it('leaves nothing behind when it fails on the way', async () => {
    const cwd = tempDir()
    writeFileSync(path.join(cwd, 'bad.wit'), 'package a:b;\nworld w { export f: func( }\n')
    writeFileSync(path.join(cwd, 'two.wit'), 'package a:b;\nworld one {}\nworld two {}\n')
    const code = async (...argv: string[]) =>
      (await runJson(['new', 'x', '--lang', 'rust', ...argv], { cwd })).document.error?.code
    expect(await code('--wit', 'bad.wit')).toBe('WIT_SYNTAX')
    expect(await code('--wit', 'nowhere')).toBe('WIT_MISSING')
    expect(await code('--wit', 'two.wit')).toBe('WORLD_UNKNOWN')
    expect(await code('--wit', 'two.wit', '--world', 'three')).toBe('WORLD_UNKNOWN')
    expect(await code('--world', 'one')).toBe('MISSING_OPTION')
    const interrupted = await runCli(['new', 'x', '--lang', 'rust'], { cwd, signal: AbortSignal.abort() })
    expect(interrupted.exitCode).toBe(130)
    expect(readdirSync(cwd).sort()).toEqual(['bad.wit', 'two.wit'])
  })

  it('says so when the folder cannot be written', async () => {
    const cwd = tempDir()
    writeFileSync(path.join(cwd, 'file'), '')
    const { exitCode, document } = await runJson(['new', 'file/inner/hello', '--lang', 'rust'], { cwd })
    expect(exitCode).not.toBe(0)
    expect(['PATH_UNWRITABLE', 'TARGET_NOT_EMPTY']).toContain(document.error?.code)
  })

  it('asks for what is left out only on a terminal', async () => {
    const cwd = tempDir()
    expect((await runJson(['new'], { cwd })).document.error?.code).toBe('MISSING_ARGUMENT')
    expect((await runJson(['new', 'x'], { cwd })).document.error?.code).toBe('MISSING_OPTION')
  })
})
