import { existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { newProject } from '../helpers/project.js'
import { runCli, runJson } from '../helpers/run-cli.js'

const env = process.env

let dir: string
beforeEach(async () => {
  dir = await newProject('assemblyscript')
})

const write = (name: string, text: string) => writeFileSync(path.join(dir, name), text)

describe('wasm-plugin test', () => {
  it('builds the project and runs the tests that it came with', async () => {
    const { exitCode, stdout, stderr } = await runCli(['test'], { cwd: dir, env })
    expect(stderr).toContain('   Compiling assembly/index.ts\n')
    expect(stderr).toContain('     Testing hello\n')
    expect(stdout).toContain('✔ greets by name')
    expect(stdout).toMatch(/pass 2\b/)
    expect(exitCode).toBe(0)
  })

  it('passes the tests of a new project in WebAssembly text, which runs by the command of its README', async () => {
    dir = await newProject('wat')
    const { exitCode, stdout } = await runCli(['test'], { cwd: dir, env })
    expect(stdout).toMatch(/pass 2\b/)
    expect(exitCode).toBe(0)
    const readme = readFileSync(path.join(dir, 'README.md'), 'utf8')
    const [, command = ''] = /`npx wasm-plugin (run [^`]*)`/.exec(readme) ?? []
    expect(await runCli(command.split(' '), { cwd: dir })).toMatchObject({
      exitCode: 0,
      stdout: '"Hello, Ada!"\n',
    })
    const bare = await runJson(command.split(' ').slice(0, 2), { cwd: dir })
    expect(bare).toMatchObject({
      exitCode: 2,
      document: {
        error: {
          code: 'MISSING_ARGUMENT',
          hint: expect.stringContaining('There is: example:greeter/greetings@0.1.0#greet.'),
        },
      },
    })
  })

  it('fails with the tests, and has each of them in its document', async () => {
    write(
      'assembly/index.ts',
      readFileSync(path.join(dir, 'assembly/index.ts'), 'utf8').replace('Hello', 'Goodbye'),
    )
    const { exitCode, document } = await runJson(['test'], { cwd: dir, env })
    expect(exitCode).toBe(1)
    expect(document).toMatchObject({
      command: 'test',
      ok: false,
      result: { name: 'hello', runner: 'node', runnerExitCode: 1, passed: 1, failed: 1, skipped: 0 },
    })
    expect(document.result.tests).toMatchObject([
      { name: 'greets by name', status: 'failed', file: path.join(dir, 'test/plugin.test.js') },
      { name: 'has a sentence for whoever gives no name', status: 'passed', error: null },
    ])
    expect(document.result.tests[0].error).toContain('Goodbye, Ada!')
  })

  it('hands arguments to the runner, and tests what is there without a build', async () => {
    expect((await runCli(['build', '-q'], { cwd: dir, env })).exitCode).toBe(0)
    rmSync(path.join(dir, 'assembly'), { recursive: true })
    const argv = ['test', '--no-build', '--json', '--', '--test-name-pattern=sentence']
    const { exitCode, stdout } = await runCli(argv, { cwd: dir, env })
    const { result } = JSON.parse(stdout)
    expect(result).toMatchObject({ passed: 1, failed: 0 })
    expect(exitCode).toBe(0)
  })

  it('says that the component is older than its sources, when it may not build', async () => {
    await runCli(['build'], { cwd: dir, env })
    const fresh = await runCli(['test', '--no-build'], { cwd: dir, env })
    expect(fresh.stdout + fresh.stderr).not.toContain('COMPONENT_STALE')
    const later = new Date(Date.now() + 60_000)
    utimesSync(path.join(dir, 'assembly/index.ts'), later, later)
    const { exitCode, stdout, stderr } = await runCli(['test', '--no-build'], { cwd: dir, env })
    expect(exitCode).toBe(0)
    expect(stdout + stderr).toContain(
      '[COMPONENT_STALE] PluginWarning: the tests run dist/hello.wasm, which is older than assembly/index.ts.',
    )
  })

  it('says that the component is not there, as a failed test', async () => {
    const { exitCode, document } = await runJson(['test', '--no-build'], { cwd: dir, env })
    expect(exitCode).toBe(1)
    expect(document.result).toMatchObject({ passed: 0, failed: 1 })
  })

  it('does not run tests of a plugin that does not build', async () => {
    write('assembly/index.ts', 'let x: i32 = "a";\n')
    const { exitCode, document } = await runJson(['test'], { cwd: dir, env })
    expect(exitCode).toBe(1)
    expect(document.error?.code).toBe('COMPILE_FAILED')
    expect(existsSync(path.join(dir, 'dist'))).toBe(false)
  })

  it('takes no tests for a failure', async () => {
    rmSync(path.join(dir, 'test'), { recursive: true })
    const { exitCode, document } = await runJson(['test'], { cwd: dir, env })
    expect(exitCode).toBe(1)
    expect(document.error?.code).toBe('NO_TESTS')
  })

  it('runs Vitest where the project depends on it', async () => {
    const manifest = JSON.parse(readFileSync(path.join(dir, 'package.json'), 'utf8'))
    manifest.devDependencies.vitest = '*'
    write('package.json', JSON.stringify(manifest))
    write(
      'test/plugin.test.js',
      `import { afterAll, expect, test } from 'vitest'
import { loadPlugin } from '@wasm-plugin/sdk/testing'

const plugin = await loadPlugin()
afterAll(() => plugin.close())

test('greets', async () => {
  expect(await plugin.exports['example:greeter/greetings'].greet('Ada')).toBe('Hello, Ada!')
})
test.skip('later', () => {})
`,
    )
    const { exitCode, document } = await runJson(['test'], { cwd: dir, env })
    expect(document.result).toMatchObject({ runner: 'vitest', passed: 1, failed: 0, skipped: 1 })
    expect(exitCode).toBe(0)
    rmSync(path.join(dir, 'node_modules/vitest'))
    const without = await runJson(['test', '--no-build'], { cwd: dir, env })
    expect(without.document.error).toMatchObject({ code: 'TOOLCHAIN_MISSING', hint: 'Run `npm install`.' })
  })

  it('builds what it watches', async () => {
    const { exitCode, document } = await runJson(['test', '--watch', '--no-build'], { cwd: dir, env })
    expect(exitCode).toBe(2)
    expect(document.error?.code).toBe('OPTIONS_CONFLICT')
  })
})
