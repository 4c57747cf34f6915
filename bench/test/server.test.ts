import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { isWhole } from '../../test/seed.js'

const main = fileURLToPath(new URL('../src/main.mjs', import.meta.url))

// Needs wrk, which CI has.
it.runIf(isWhole)(
  'npm run bench -- --server loads a server without plugins, with a good one and with a hostile one beside it',
  async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'wasm-plugin-server-bench-test-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const json = path.join(folder, 'server.json')
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...[main, '--server', '--quick'],
      ...['--json', json],
    ])
    const rows: { name: string; perSecond: number; errors: number }[] = JSON.parse(
      await readFile(json, 'utf8'),
    )
    expect(rows.map(({ name }) => name)).toEqual(['server: plain', 'server: good', 'server: hostile'])
    for (const { name, perSecond, errors } of rows) {
      expect(perSecond, name).toBeGreaterThan(0)
      expect(errors, name).toBe(0)
      expect(stdout).toContain(`\n${name}`)
    }
  },
  120_000,
)
