import { execFile } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, inject, it } from 'vitest'

const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))

it('a process whose plugin runs into its deadline says so, and ends with 1', {
  timeout: 120_000,
}, async () => {
  const plugin = path.join(inject('kitchen'), 'dist/kitchen.wasm')
  const run = () =>
    new Promise<unknown[]>((resolve) => {
      const args = [BIN, 'run', plugin, 'spin', '--timeout', '100ms', '--json']
      execFile(process.execPath, args, (error, stdout) =>
        resolve([error?.code, JSON.parse(stdout || 'null')]),
      )
    })
  for (const [exitCode, document] of await Promise.all([run(), run(), run()])) {
    expect(document).toMatchObject({ ok: false, error: { code: 'DEADLINE_EXCEEDED' } })
    expect(exitCode).toBe(1)
  }
})
