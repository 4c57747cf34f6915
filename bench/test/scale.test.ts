import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { isWhole } from '../../test/seed.js'

const main = fileURLToPath(new URL('../src/main.mjs', import.meta.url))

interface Growth {
  readonly name: string
  readonly engine: string
  readonly steps: { readonly n: number; readonly ms: number; readonly rssMb: number }[]
  readonly slope: number
}

it.runIf(isWhole)(
  'npm run bench -- --scale shows how cost grows: steps, memory, threads and the slope',
  async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'wasm-plugin-scale-test-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const json = path.join(folder, 'scale.json')
    const { stdout } = await promisify(execFile)(process.execPath, [
      main,
      '--scale',
      '--quick',
      '--json',
      json,
    ])

    const growths: Growth[] = JSON.parse(await readFile(json, 'utf8'))
    const peers = ['extism 1.0.3', 'extism 2.0.0-rc13']
    expect(growths.map(({ name, engine }) => `${name}: ${engine}`)).toEqual([
      ...['inline', 'thread', 'thread, idle', ...peers].map(
        (engine) => `plugins loaded and called once: ${engine}`,
      ),
      'callers of one plugin, 1000 calls each: thread',
      ...['inline', 'thread', ...peers].map((engine) => `bytes there and back: ${engine}`),
      ...['inline', 'thread', ...peers].map((engine) => `calls of one plugin: ${engine}`),
    ])
    for (const { steps, slope } of growths) {
      expect(steps).toHaveLength(2)
      for (const { ms } of steps) expect(ms).toBeGreaterThan(0)
      expect(Number.isFinite(slope)).toBe(true)
    }
    for (const { name } of growths) expect(stdout).toContain(name)
  },
  120_000,
)
