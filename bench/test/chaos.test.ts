import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { isWhole } from '../../test/seed.js'

const main = fileURLToPath(new URL('../src/chaos/main.mjs', import.meta.url))

// It takes half a minute, and Linux shows what a process has.
it.runIf(isWhole && process.platform === 'linux')(
  'npm run chaos: calls of good plugins succeed whatever others do, and nothing of those is left',
  async () => {
    const args = ['--expose-gc', main, '--seconds', '20', '--json']
    // It fails where the machine is too slow for its figures, which are none of ours to assert.
    const { stdout } = await promisify(execFile)(process.execPath, args).catch((error) => error)
    const report = JSON.parse(stdout)
    expect(report).toMatchObject({ schema: 1, goodFailures: 0, children: 0 })
    expect(report.goodCalls).toBeGreaterThan(100)
    expect(report.killed).toBeGreaterThan(10)
    expect(report.threads).toBeLessThanOrEqual(0)
    expect(report.descriptors).toBeLessThanOrEqual(0)
    expect(Object.keys(report)).toEqual([
      ...['schema', 'ok', 'goodCalls', 'goodFailures', 'killed', 'p99Ratio'],
      ...['rssDeltaMb', 'children', 'threads', 'descriptors'],
    ])
  },
  180_000,
)
