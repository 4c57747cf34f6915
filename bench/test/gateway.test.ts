import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { isWhole } from '../../test/seed.js'

const main = fileURLToPath(new URL('../src/main.mjs', import.meta.url))

// Needs wrk, a compiler of C and the servers, which CI has.
it.runIf(isWhole)(
  'npm run bench -- --gateway loads servers of CGI, and a gateway with the same program',
  async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'wasm-plugin-gateway-bench-test-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const json = path.join(folder, 'gateway.json')
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...[main, '--gateway', '--quick', '--only', 'WAGI'],
      ...['--json', json],
    ])
    const rows: { name: string; system: string; perSecond: number; errors: number }[] = JSON.parse(
      await readFile(json, 'utf8'),
    )
    expect(rows.map(({ system }) => system)).toEqual(['lighttpd', 'nginx', 'apache', 'wagi'])
    for (const { name, system, perSecond, errors } of rows) {
      expect(perSecond, system).toBeGreaterThan(0)
      expect(errors, system).toBe(0)
      expect(stdout).toContain(`\n${name}: ${system}`)
    }
  },
  120_000,
)
