import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'

const main = fileURLToPath(new URL('../src/main.mjs', import.meta.url))

interface Row {
  readonly name: string
  readonly ours: number
  readonly peers: Record<string, number>
}

// Needs a browser; `npm test` gets one, or says why not.
it.skipIf(process.env.CHROMIUM === undefined)(
  'npm run bench -- --web measures in a page, in a thread of it and beside jco',
  async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'wasm-plugin-web-bench-test-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const json = path.join(folder, 'web.json')
    const { stdout } = await promisify(execFile)(process.execPath, [main, '--web', '--quick', '--json', json])

    const rows: Row[] = JSON.parse(await readFile(json, 'utf8'))
    expect(rows.map(({ name }) => name)).toEqual([
      'scalar call',
      'string 16 B echo',
      'list<record> x1000 echo',
      'load 1 MB to first call',
    ])
    for (const { name, ours, peers } of rows) {
      expect(Object.keys(peers)).toEqual(['thread', 'jco'])
      for (const figure of [ours, ...Object.values(peers)]) expect(figure, name).toBeGreaterThan(0)
      expect(stdout).toContain(`\n${name}`)
    }
    expect(stdout).toContain('Chromium')
  },
  120_000,
)
