import { execFile } from 'node:child_process'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build, transform } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root, temporaryFolder } from './support/app.js'

const run = promisify(execFile)

/** What an install of each package brings: our packages, everything else, and bytes on disk at most. */
const installs = [
  { name: 'runtime', brings: ['runtime'], others: [], budget: 1_620_000 },
  { name: 'manifest', brings: ['runtime', 'manifest'], others: [], budget: 2_500_000 },
  { name: 'wasi', brings: ['runtime', 'manifest', 'wasi'], others: [], budget: 4_000_000 },
  {
    name: 'embed',
    brings: ['runtime', 'manifest', 'wasi', 'embed'],
    others: ['eventemitter3'],
    budget: 5_580_000,
  },
  {
    name: 'host',
    brings: ['runtime', 'manifest', 'wasi', 'embed', 'host'],
    others: ['eventemitter3'],
    budget: 7_280_000,
  },
  {
    name: 'web',
    brings: ['runtime', 'manifest', 'wasi', 'embed', 'web'],
    others: ['@noble', 'eventemitter3'],
    budget: 9_000_000,
  },
  {
    name: 'gateway',
    brings: ['runtime', 'manifest', 'wasi', 'embed', 'host', 'gateway'],
    others: ['eventemitter3', 'smol-toml'],
    budget: 7_710_000,
  },
  {
    name: 'inspector',
    brings: ['runtime', 'manifest', 'wasi', 'embed', 'host', 'inspector'],
    others: ['eventemitter3'],
    budget: 7_640_000,
  },
  { name: 'sdk', brings: ['runtime', 'manifest', 'sdk'], others: [], budget: 7_560_000 },
  // The others are an HTTP client, and what verifies signatures and reads versions.
  { name: 'registry', brings: ['runtime', 'manifest', 'registry'], others: null, budget: 7_560_000 },
  // The others are those, and what draws prompts, parses arguments and watches files: no compiler and no transpiler. What
  // writes YAML is in it, 0.4 MB with its map, and the window, as much.
  {
    name: 'cli',
    brings: [
      'runtime',
      'manifest',
      'wasi',
      'embed',
      'host',
      'gateway',
      'inspector',
      'sdk',
      'registry',
      'cli',
    ],
    others: null,
    budget: 20_450_000,
  },
]
const folders = {
  runtime: 'runtime',
  manifest: 'manifest',
  wasi: 'wasi',
  embed: 'embed',
  host: 'host',
  web: 'web',
  gateway: 'gateway',
  inspector: 'inspector',
  sdk: 'plugin-sdk',
  registry: 'registry',
  cli: 'cli',
}

describe('what an install weighs', () => {
  let place: Awaited<ReturnType<typeof temporaryFolder>>
  const tarballs = new Map<string, string>()
  beforeAll(async () => {
    place = await temporaryFolder()
    for (const [name, folder] of Object.entries(folders)) tarballs.set(name, await pack(folder, place.path))
  }, 120_000)
  afterAll(() => place[Symbol.asyncDispose]())

  it('is at most 61 kB for the runtime, minified and gzipped', async () => {
    const source = await readFile(path.join(root, 'packages/runtime/dist/internal.js'), 'utf8')
    const { code } = await transform(source, { minify: true, format: 'esm' })
    expect(gzipSync(code, { level: 9 }).byteLength).toBeLessThanOrEqual(61_000)
  })

  it('is at most 544 kB of script that a plugin’s thread loads, the runtime included, and no schema', async () => {
    const script = await readFile(path.join(root, 'packages/host/dist/thread.cjs'), 'utf8')
    expect(script.length).toBeGreaterThan(100_000)
    expect(script.length).toBeLessThanOrEqual(544_000)
    const { metafile } = await build({
      entryPoints: [path.join(root, 'packages/host/src/worker/main.ts')],
      bundle: true,
      write: false,
      platform: 'node',
      metafile: true,
      logLevel: 'silent',
    })
    const sources = await Promise.all(
      Object.keys(metafile.inputs).map((file) => readFile(path.resolve(root, file), 'utf8')),
    )
    expect(sources.filter((source) => source.includes('node_modules/.pnpm/zod@'))).toEqual([])
  })

  it.each(installs)(
    'is at most $budget bytes on disk for the $name with everything it needs',
    async ({ brings, others, budget }) => {
      await using folder = await temporaryFolder()
      const dependencies = Object.fromEntries(
        brings.map((name) => [`@wasm-plugin/${name}`, `file:${tarballs.get(name)}`]),
      )
      const app = path.join(folder.path, 'package.json')
      await writeFile(app, JSON.stringify({ private: true, dependencies, overrides: dependencies }))
      await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: folder.path })
      const modules = path.join(folder.path, 'node_modules')
      const found = (await readdir(modules)).filter((name) => !name.startsWith('.'))
      if (others !== null) expect(found).toEqual(['@wasm-plugin', ...others].toSorted())
      expect(await readdir(path.join(modules, '@wasm-plugin'))).toEqual(brings.toSorted())
      expect(await sizeOf(modules)).toBeLessThanOrEqual(budget)
    },
    120_000,
  )
})

/** Packs a package as a release does, and gives the tarball. */
async function pack(folder: string, destination: string): Promise<string> {
  const pnpm = path.join(root, '.tools/node_modules/pnpm/bin/pnpm.cjs')
  const args = [pnpm, 'pack', '--json', '--pack-destination', destination]
  const { stdout } = await run(process.execPath, args, { cwd: path.join(root, 'packages', folder) })
  return path.resolve(destination, (JSON.parse(stdout) as { filename: string }).filename)
}

/** Bytes that the files below a folder take on disk. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => (await stat(path.join(entry.parentPath, entry.name))).blocks * 512)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}
