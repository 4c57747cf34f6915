import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, inject, it, onTestFinished } from 'vitest'
import { newProject } from './helpers/project.js'
import { runCli, runJson } from './helpers/run-cli.js'
import { tempDir } from './helpers/temp-dir.js'

const BIN = fileURLToPath(new URL('../bin/wasm-plugin.js', import.meta.url))

it.runIf(process.platform === 'linux')('says in one line that its output is full', () => {
  const plugin = path.join(inject('kitchen'), 'dist/kitchen.wasm')
  const full = openSync('/dev/full', 'w')
  const { status, stderr } = spawnSync(process.execPath, [BIN, 'inspect', plugin], {
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  })
  expect(stderr).toBe('error[PATH_UNWRITABLE]: cannot write to stdout (ENOSPC)\n')
  expect(status).toBe(1)
})

it('answers --json without a command with an error', async () => {
  const { exitCode, document } = await runJson([])
  expect(document).toMatchObject({ ok: false, error: { code: 'MISSING_COMMAND' } })
  expect(exitCode).toBe(2)
})

it('hears a Ctrl-C while a command does not wait for anything', async () => {
  const cwd = await newProject('wat')
  // The signal is sent before the step is shown, and everything behind it may happen in one turn of the event loop.
  const interrupts = `const write = process.stderr.write
    process.stderr.write = function (text, ...rest) {
      if (String(text).includes('Compiling')) process.kill(process.pid, 'SIGINT')
      return write.call(this, text, ...rest)
    }`
  const preload = ['--import', `data:text/javascript,${encodeURIComponent(interrupts)}`]
  const { status, stderr } = spawnSync(process.execPath, [...preload, BIN, 'build'], {
    cwd,
    encoding: 'utf8',
  })
  expect(stderr).toContain('error[INTERRUPTED]')
  expect(status).toBe(130)
})

it('does not look for toolchains in a folder that is not there', async () => {
  const { exitCode, stderr } = await runCli(['doctor', 'nowhere'], { cwd: tempDir() })
  expect(stderr).toContain('error[PATH_NOT_FOUND]: the project folder does not exist')
  expect(exitCode).toBe(2)
})

it('reads a manifest that begins with a byte order mark', async () => {
  const dir = tempDir()
  mkdirSync(path.join(dir, 'assembly'))
  const manifest = { manifestVersion: 1, name: 'p', version: '1.0.0', build: { language: 'assemblyscript' } }
  writeFileSync(path.join(dir, 'wasm-plugin.json'), `\uFEFF${JSON.stringify(manifest)}`)
  expect((await runJson(['build'], { cwd: dir })).document.error?.code).toBe('ENTRY_MISSING')
})

it('does not build again because of its own log', async () => {
  const dir = await newProject('assemblyscript')
  const log = path.join(dir, 'build.log')
  const out = openSync(log, 'a')
  const args = [BIN, 'build', '--watch', '--json', '--mode', 'debug']
  const child = spawn(process.execPath, args, { cwd: dir, stdio: ['ignore', out, 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let shown = ''
  const built = (pattern: RegExp) =>
    new Promise<void>((resolve) => {
      const look = () => pattern.test(shown) && resolve()
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        shown += text
        look()
      })
      look()
    })
  await built(/Built .*wasm/)
  writeFileSync(path.join(dir, 'assembly/other.ts'), '// new\n')
  // Were the log a source, it would be among what changed.
  await built(/\(assembly\/other\.ts changed\)/)
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGINT')
  await exited
  const documents = readFileSync(log, 'utf8').trim().split('\n')
  expect(documents.map((line) => JSON.parse(line).result?.name).filter(Boolean)).toHaveLength(2)
})

it('says which Node it needs, where it cannot run', () => {
  const old = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.8' } })`
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(old)}`, BIN, '--version'],
    { encoding: 'utf8' },
  )
  expect(stderr).toBe('wasm-plugin needs Node 20.19 or later; this is Node 18.20.8\n')
  expect(status).toBe(2)
})
