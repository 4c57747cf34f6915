import { spawn } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, inject, it } from 'vitest'

const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))

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
