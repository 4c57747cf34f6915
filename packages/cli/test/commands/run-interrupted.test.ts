import { spawn } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, inject, it, onTestFinished } from 'vitest'
import { newProject } from '../helpers/project.js'
import { tempDir } from '../helpers/temp-dir.js'

const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))

it('SIGTERM ends the tests of a project with the command, and leaves nothing behind', async () => {
  const dir = await newProject('wat')
  const [temporary, socket] = [tempDir(), path.join(dir, 'socket')]
  // A connection ends with the process that has it, however that ends.
  const server = createServer()
  const connected = new Promise<Socket>((resolve) => server.once('connection', resolve))
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  onTestFinished(() => void server.close())
  const test = `import { connect } from 'node:net'
import { test } from 'node:test'
test('goes on', () => new Promise(() => connect(${JSON.stringify(socket)})))`
  writeFileSync(path.join(dir, 'test/plugin.test.js'), test)
  const env = { ...process.env, TMPDIR: temporary }
  const child = spawn(process.execPath, [BIN, 'test'], { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr]) stream.resume()
  const exited = new Promise<number | null>((resolve) => child.on('close', resolve))
  const running = await connected
  const ended = new Promise((resolve) => running.once('close', resolve))
  running.on('error', () => {}).resume()
  child.kill('SIGTERM')
  expect(await exited).toBe(130)
  await ended
  expect(readdirSync(temporary)).toEqual([])
}, 120_000)

it('Ctrl-C ends a plugin that would run for ever, and the process with 130', async () => {
  const plugin = path.join(inject('kitchen'), 'dist/kitchen.wasm')
  const child = spawn(process.execPath, [BIN, 'run', plugin, 'spin', '--timeout', '5m', '--json'])
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (data) => {
    stdout += data
  })
  child.stderr.on('data', (data) => {
    stderr += data
  })
  const exited = new Promise<[number | null, string | null]>((resolve) =>
    child.on('close', (code, signal) => resolve([code, signal])),
  )
  // It tells the application before it spins.
  child.stderr.once('data', () => child.kill('SIGINT'))
  expect(await exited).toEqual([130, null])
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, exitCode: 130, error: { code: 'INTERRUPTED' } })
  expect(stderr).not.toContain('    at ')
}, 120_000)
