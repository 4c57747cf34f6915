import { execFile } from 'node:child_process'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { transform } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { root, temporaryFolder } from './support/app.js'

const run = promisify(execFile)

describe('what an install weighs', () => {
  it('is at most 60 kB for the runtime, minified and gzipped', async () => {
    const source = await readFile(path.join(root, 'packages/runtime/dist/index.js'), 'utf8')
    const { code } = await transform(source, { minify: true, format: 'esm' })
    expect(gzipSync(code, { level: 9 }).byteLength).toBeLessThanOrEqual(60_000)
  })

  it('is at most 6 MB on disk for the host with everything it needs, and brings no transpiler', async () => {
    await using folder = await temporaryFolder()
    const tarballs: string[] = []
    for (const name of ['runtime', 'host']) {
      const cwd = path.join(root, 'packages', name)
      const pnpm = path.join(root, '.tools/node_modules/pnpm/bin/pnpm.cjs')
      const { stdout } = await run(
        process.execPath,
        [pnpm, 'pack', '--json', '--pack-destination', folder.path],
        {
          cwd,
        },
      )
      tarballs.push((JSON.parse(stdout) as { filename: string }).filename)
    }
    const app = path.join(folder.path, 'package.json')
    const [runtime, host] = tarballs.map((file) => `file:${file}`)
    await writeFile(
      app,
      JSON.stringify({
        private: true,
        dependencies: { '@wasm-plugin/runtime': runtime, '@wasm-plugin/host': host },
      }),
    )
    await run('npm', ['install', '--no-audit', '--no-fund'], { cwd: folder.path })
    const modules = path.join(folder.path, 'node_modules')
    expect(await sizeOf(modules)).toBeLessThanOrEqual(6_000_000)
    expect((await readdir(modules)).filter((name) => !name.startsWith('.'))).toEqual([
      '@wasm-plugin',
      'eventemitter3',
    ])
  }, 120_000)
})

/** Bytes of the files below a folder. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => (await stat(path.join(entry.parentPath, entry.name))).size)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}
