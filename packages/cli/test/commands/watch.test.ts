import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it } from 'vitest'
import { newProject } from '../helpers/project.js'
import { runCli } from '../helpers/run-cli.js'
import { startCli } from '../helpers/start-cli.js'
import { tempDir } from '../helpers/temp-dir.js'

const ENTRY = 'assembly/index.ts'
const BUILT = /Built dist\/hello\.wasm \d+\.\d kB in \d[^\n]*\n/

let dir: string
beforeEach(async () => {
  dir = await newProject('assemblyscript')
})

const read = (name: string) => readFileSync(path.join(dir, name), 'utf8')
const write = (name: string, text: string) => {
  mkdirSync(path.dirname(path.join(dir, name)), { recursive: true })
  writeFileSync(path.join(dir, name), text)
}
const greeting = async () =>
  (await runCli(['run', 'dist/hello.wasm', 'greet', 'Ada'], { cwd: dir })).stdout.trim()

describe('wasm-plugin build --watch', () => {
  it('builds after every change of a source, the WIT or the manifest, with a line each', async () => {
    const cli = startCli(['build', '--watch', '--mode', 'debug'], { cwd: dir })
    await cli.until(BUILT)
    expect(await greeting()).toBe('"Hello, Ada!"')

    write(ENTRY, read(ENTRY).replace('Hello', 'Good day'))
    expect(await cli.until(BUILT)).toContain(`(${ENTRY} changed)`)
    expect(await greeting()).toBe('"Good day, Ada!"')

    write('wit/world.wit', `// changed\n${read('wit/world.wit')}`)
    expect(await cli.until(BUILT)).toContain('(wit/world.wit changed)')

    write('wasm-plugin.json', read('wasm-plugin.json').replace('0.1.0"', '0.1.1"'))
    expect(await cli.until(BUILT)).toContain('(wasm-plugin.json changed)')
    expect(await cli.interrupt()).toBe(130)
  })

  it('builds WebAssembly text, whose mistakes it shows with their line', async () => {
    dir = await newProject('wat')
    const entry = 'src/plugin.wat'
    const good = read(entry)
    const cli = startCli(['build', '--watch'], { cwd: dir })
    await cli.until(BUILT)
    write(entry, '(module\n  (func (expo "x")))')
    expect(await cli.until(/hint: /)).toContain(`error[WAT_SYNTAX]: ${entry}:2:10: `)
    write(entry, good.replace('"Hello, !"', '"Howdy, !"'))
    expect(await cli.until(BUILT)).toContain(`(${entry} changed)`)
    expect(await greeting()).toBe('"Howdy, Ada!"')
    expect(await cli.interrupt()).toBe(130)
  })

  it('shows what is wrong and goes on', async () => {
    const good = { entry: read(ENTRY), manifest: read('wasm-plugin.json'), wit: read('wit/world.wit') }
    write(ENTRY, 'let x: i32 = "a";\n')
    const cli = startCli(['build', '--watch', '--mode', 'debug'], { cwd: dir })
    expect(await cli.until(/hint: /)).toContain(`error[COMPILE_FAILED]: ${ENTRY}:1: `)
    write(ENTRY, good.entry)
    await cli.until(BUILT)
    write('wasm-plugin.json', '{')
    await cli.until(/error\[MANIFEST_NOT_JSON\]/)
    write('wasm-plugin.json', good.manifest)
    await cli.until(BUILT)
    write('wit/world.wit', 'package')
    await cli.until(/error\[WIT_SYNTAX\]/)
    write('wit/world.wit', good.wit)
    await cli.until(BUILT)
    rmSync(path.join(dir, 'assembly'), { recursive: true })
    await cli.until(/error\[ENTRY_MISSING\]/)
    write(ENTRY, good.entry)
    await cli.until(BUILT)
    expect(await cli.interrupt()).toBe(130)
  })

  it('takes a burst of changes for one, and passes over what builds write', async () => {
    const cli = startCli(['build', '--watch', '--mode', 'debug'], { cwd: dir })
    await cli.until(BUILT)
    for (const name of ['dist/a.txt', 'target/b.txt', 'assembly/gen/c.ts', 'node_modules/d/e.js', '.git/f'])
      write(name, '')
    for (const name of ['assembly/a.ts', 'assembly/b.ts', ENTRY])
      write(name, `${name === ENTRY ? read(ENTRY) : ''}// new\n`)
    expect(await cli.until(BUILT)).toContain('(assembly/a.ts and 2 more changed)')
    write('assembly/b.ts', '// newer\n')
    expect(await cli.until(BUILT)).toContain('(assembly/b.ts changed)')
  })

  it('watches a contract outside of the project', async () => {
    const wit = path.join(tempDir(), 'wit')
    mkdirSync(wit)
    writeFileSync(path.join(wit, 'world.wit'), read('wit/world.wit'))
    const manifest = JSON.parse(read('wasm-plugin.json'))
    manifest.build.wit = path.relative(dir, wit)
    write('wasm-plugin.json', JSON.stringify(manifest))
    const cli = startCli(['build', '-w', '--mode', 'debug'], { cwd: dir })
    await cli.until(BUILT)
    writeFileSync(path.join(wit, 'world.wit'), `// changed\n${read('wit/world.wit')}`)
    expect(await cli.until(BUILT)).toContain('world.wit changed)')
  })

  it('ends with 130 at Ctrl-C', async () => {
    const bin = fileURLToPath(new URL('../../bin/wasm-plugin.js', import.meta.url))
    const child = spawn(process.execPath, [bin, 'build', '--watch', '--mode', 'debug'], { cwd: dir })
    let shown = ''
    await new Promise<void>((resolve) => {
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        shown += text
        if (BUILT.test(shown)) resolve()
      })
    })
    const exited = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGINT')
    expect(await exited).toBe(130)
  })

  it('gives programs a line of JSON for each build, what is wrong, and the end', async () => {
    const good = read(ENTRY)
    const cli = startCli(['build', '--watch', '--json', '--mode', 'debug'], { cwd: dir })
    expect(await cli.untilLine()).toMatchObject({
      schema: 1,
      command: 'build',
      ok: true,
      changed: [],
      result: { name: 'hello', relativePath: 'dist/hello.wasm' },
    })
    write(ENTRY, 'let x: i32 = "a";\n')
    const refused = await cli.untilLine()
    expect(refused).toMatchObject({ ok: false, changed: [ENTRY], error: { code: 'COMPILE_FAILED' } })
    expect(Object.keys(refused)).not.toContain('exitCode')
    write(ENTRY, good)
    expect(await cli.untilLine()).toMatchObject({ ok: true, changed: [ENTRY] })
    expect(await cli.interrupt()).toBe(130)
    expect(await cli.untilLine()).toMatchObject({ ok: false, exitCode: 130, error: { code: 'INTERRUPTED' } })
  })

  it('needs a project to watch', async () => {
    const nothing = await runCli(['build', '--watch', '--json'], { cwd: tempDir() })
    expect(nothing.exitCode).toBe(2)
    expect(
      nothing.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).error.code),
    ).toEqual(['NO_PROJECT'])
    const { exitCode, stderr } = await runCli(['build', '--watch'], { cwd: tempDir() })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('error[NO_PROJECT]')
  })
})

describe('wasm-plugin test --watch', () => {
  it('gives programs the tests of each round, on a line', async () => {
    const cli = startCli(['test', '--watch', '--json'], { cwd: dir })
    expect(await cli.untilLine()).toMatchObject({
      command: 'test',
      ok: true,
      result: { passed: 2, failed: 0 },
    })
    const file = 'test/plugin.test.js'
    write(file, read(file).replace('Hello, Ada!', 'Hi, Ada!'))
    const failed = await cli.untilLine()
    expect(failed).toMatchObject({ ok: false, changed: [file], result: { passed: 1, failed: 1 } })
  })

  it('builds and tests again when a test changes', async () => {
    const cli = startCli(['test', '--watch'], { cwd: dir })
    await cli.until(/pass 2\b/)
    write('test/plugin.test.js', read('test/plugin.test.js').replace('Hello, Ada!', 'Hi, Ada!'))
    const failed = await cli.until(/fail 1\b/)
    expect(failed).toContain('(test/plugin.test.js changed)')
    expect(failed).toContain('Hi, Ada!')
    write(ENTRY, read(ENTRY).replace('Hello', 'Hi'))
    await cli.until(/pass 2\b/)
    expect(await cli.interrupt()).toBe(130)
  })
})
