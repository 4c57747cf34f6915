import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { assemblyScriptComponent } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import { linkModules } from '../helpers/project.js'
import { runCli, runJson } from '../helpers/run-cli.js'
import { tempDir } from '../helpers/temp-dir.js'

const WIT = `package acme:greeter@0.1.0;
interface greetings { greet: func(name: string) -> result<string, string>; }
interface log { write: func(line: string); }
world plugin { import log; import wasi:cli/stderr@0.2.12; export greetings; }
world other { export greetings; }`

const SOURCE = `import { GreetResult } from "./gen/acme-greeter/greetings";
import { write } from "./gen/acme-greeter/log";
export function greet(name: string): GreetResult {
  write("greeting " + name);
  return name.length == 0 ? GreetResult.err("a name is needed") : GreetResult.ok("Hello, " + name);
}
`

function folder(): string {
  const cwd = tempDir()
  writeFileSync(path.join(cwd, 'world.wit'), WIT)
  return cwd
}

const argv = [
  'bindings',
  '--lang',
  'assemblyscript',
  '--wit',
  'world.wit',
  '--world',
  'plugin',
  '-o',
  'assembly/gen',
]

describe('wasm-plugin bindings', () => {
  it.each([
    [
      'c',
      ['component_type.o', 'plugin.c', 'plugin.h'],
      'clang --target=wasm32-wasip1 -mexec-model=reactor -Igen',
    ],
    [
      'cpp',
      ['component_type.o', 'plugin.cpp', 'plugin_cpp.h', 'wit.h'],
      'clang++ -std=c++23 -fno-exceptions',
    ],
  ])('writes headers, a source and an object for a build in %s', async (lang, files, command) => {
    const cwd = folder()
    const given = ['bindings', '--lang', lang, '--wit', 'world.wit', '--world', 'plugin', '-o', 'gen']
    const { document } = await runJson(given, { cwd })
    expect(document).toMatchObject({ ok: true, result: { files } })
    expect(document.result.next.join('\n')).toContain(command)
    for (const file of files) expect(existsSync(path.join(cwd, 'gen', file))).toBe(true)
  })

  it('writes what a build with asc alone makes a working plugin of', async () => {
    const cwd = folder()
    linkModules(cwd)
    const { exitCode, stderr } = await runCli(argv, { cwd })
    expect(exitCode).toBe(0)
    expect(stderr).toMatch(/ {7}Wrote \d+ files for acme:greeter\/plugin@0\.1\.0 in assembly\/gen\n/)
    writeFileSync(path.join(cwd, 'assembly/index.ts'), SOURCE)
    const [, command = ''] = /^ *asc (.*)$/m.exec(stderr) ?? []
    const asc = path.join(cwd, 'node_modules/assemblyscript/bin/asc.js')
    execFileSync(process.execPath, [asc, ...command.split(' ')], { cwd })
    const core = readFileSync(path.join(cwd, 'core.wasm'))
    const component = await assemblyScriptComponent(core, {
      wit: path.join(cwd, 'world.wit'),
      world: 'plugin',
    })
    writeFileSync(path.join(cwd, 'plugin.wasm'), component)
    const ran = await runCli(['run', 'plugin.wasm', 'greet', 'Ada'], { cwd })
    expect(ran.stderr).toContain('called acme:greeter/log@0.1.0#write("greeting Ada")')
    expect(ran.stdout).toBe('"Hello, Ada"\n')
  })

  it('replaces its own files, removes those that are gone, and leaves all others alone', async () => {
    const cwd = folder()
    await runCli(argv, { cwd })
    const gen = path.join(cwd, 'assembly/gen')
    writeFileSync(path.join(gen, 'mine.ts'), '// mine\n')
    const again = await runJson(argv, { cwd })
    expect(again.document.result).toMatchObject({ language: 'assemblyscript', removed: [] })
    const other = await runJson(argv.with(6, 'other'), { cwd })
    expect(other.document.result.removed).toContain('acme-greeter/log.ts')
    expect(existsSync(path.join(gen, 'acme-greeter/log.ts'))).toBe(false)
    expect(readFileSync(path.join(gen, 'mine.ts'), 'utf8')).toBe('// mine\n')
    expect(readdirSync(gen).filter((name) => /^\.[0-9a-f]/.test(name))).toEqual([])
  })

  it('does not overwrite what it did not write, or what was changed since, unless it is told to', async () => {
    const cwd = folder()
    const gen = path.join(cwd, 'assembly/gen')
    mkdirSync(gen, { recursive: true })
    writeFileSync(path.join(gen, 'entry.ts'), '// mine\n')
    const refused = await runJson(argv, { cwd })
    expect(refused.exitCode).toBe(2)
    expect(refused.document.error).toMatchObject({ code: 'FILES_IN_THE_WAY' })
    expect(refused.document.error?.message).toContain('\n  entry.ts')
    expect(readdirSync(gen)).toEqual(['entry.ts'])
    expect((await runJson([...argv, '--force'], { cwd })).exitCode).toBe(0)
    expect(readFileSync(path.join(gen, 'entry.ts'), 'utf8')).not.toContain('mine')
    writeFileSync(path.join(gen, 'acme-greeter/log.ts'), '// changed\n')
    const changed = await runJson(argv, { cwd })
    expect(changed.document.error?.message).toContain('acme-greeter/log.ts')
    // A changed file is not removed either, only because it is generated no longer.
    expect((await runJson(argv.with(6, 'other'), { cwd })).exitCode).toBe(0)
    expect(readFileSync(path.join(gen, 'acme-greeter/log.ts'), 'utf8')).toBe('// changed\n')
  })

  it('does not follow a record out of its folder', async () => {
    const cwd = folder()
    const gen = path.join(cwd, 'assembly/gen')
    mkdirSync(gen, { recursive: true })
    writeFileSync(path.join(cwd, 'precious.txt'), 'x')
    const digest = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881'
    writeFileSync(
      path.join(gen, '.wasm-plugin-generated.json'),
      JSON.stringify({ files: { '../../precious.txt': digest, [path.join(cwd, 'precious.txt')]: digest } }),
    )
    expect((await runJson(argv, { cwd })).exitCode).toBe(0)
    expect(readFileSync(path.join(cwd, 'precious.txt'), 'utf8')).toBe('x')
  })

  it('says where the bindings of Rust come from, and what is missing', async () => {
    const cwd = folder()
    const rust = await runJson(argv.with(2, 'rust'), { cwd })
    expect(rust.document.error).toMatchObject({ code: 'BINDINGS_ELSEWHERE' })
    expect(rust.document.error?.hint).toContain('wit_bindgen::generate!')
    for (const option of ['--lang', '--wit', '-o']) {
      const at = argv.indexOf(option)
      const without = [...argv.slice(0, at), ...argv.slice(at + 2)]
      expect((await runJson(without, { cwd })).document.error?.code).toBe('MISSING_OPTION')
    }
    const unknown = await runJson(argv.with(6, 'nothing'), { cwd })
    expect(unknown.document.error?.message).toContain('\n  plugin\n  other')
    expect(readdirSync(cwd)).toEqual(['world.wit'])
  })
})
