import { execFile } from 'node:child_process'
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import webpack from 'webpack'
import { assemble } from '../packages/host/test/helpers/guests.js'
import { isWhole } from './seed.js'
import { root, temporaryFolder } from './support/app.js'

const run = promisify(execFile)
const require = createRequire(import.meta.url)

/** It has no types. */
const ncc: (
  entry: string,
  options: { quiet: boolean },
) => Promise<{
  code: string
  assets: Readonly<Record<string, { source: string | Uint8Array }>>
}> = require('@vercel/ncc')

/** These take 10 s and more for a bundle, so `npm test` leaves them to CI. */
const inCi = it.runIf(isWhole)

const APP = `import { createHost } from '@wasm-plugin/host'

async function main(file) {
  const host = await createHost()
  const inThread = await host.load(file, { name: 'thread' })
  const inProcess = await host.load(file, { name: 'process', isolation: 'process' })
  const inline = await host.load(file, { name: 'inline', isolation: 'inline' })
  const { add } = inProcess.exports
  const seen = [await inThread.exports.add(40, 2), await add(40, 2), inline.exports.add(40, 2)]
  seen.push(await inThread.exports.stop().catch(({ code }) => code), await inThread.exports.add(1, 2))
  await host.close()
  console.log(JSON.stringify(seen))
}

void main(process.argv[2])
`

/** The same as a CommonJS module. */
const REQUIRING = APP.replace(/^import (.*) from (.*)$/m, 'const $1 = require($2)')

const PLUGIN = `(component
  (core module $m
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "stop") unreachable))
  (core instance $i (instantiate $m))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add")))
  (func (export "stop") (canon lift (core func $i "stop"))))`

const ANSWERS = [42, 42, 42, 'GUEST_TRAP', 3]

describe('an application in one file', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  const at = (...parts: string[]) => path.join(folder.path, ...parts)

  beforeAll(async () => {
    folder = await temporaryFolder()
    await mkdir(at('node_modules/@wasm-plugin'), { recursive: true })
    await symlink(path.join(root, 'packages/host'), at('node_modules/@wasm-plugin/host'))
    await writeFile(at('package.json'), JSON.stringify({ name: 'app', type: 'module' }))
    await writeFile(at('app.js'), APP)
    await writeFile(at('plugin.wasm'), await assemble(PLUGIN))
    // What an application may have of its own is not taken for ours.
    await mkdir(at('out'))
    await writeFile(at('out/thread.cjs'), 'throw new Error("the worker of the application")')
  })
  afterAll(() => folder[Symbol.asyncDispose]())

  /** What a program prints, in a process of its own. */
  async function answersOf(file: string): Promise<unknown> {
    const { stdout } = await run(process.execPath, [file, at('plugin.wasm')])
    return JSON.parse(stdout)
  }

  it('is compared with one that is not bundled', async () => {
    expect(await answersOf(at('app.js'))).toEqual(ANSWERS)
  })

  it.each([
    ['ESM', 'esm', 'mjs'],
    ['CommonJS', 'cjs', 'cjs'],
  ] as const)('loads plugins in threads when esbuild made it %s', async (_, format, extension) => {
    const outfile = at(`out/esbuild.${extension}`)
    const options = { bundle: true, platform: 'node', format, outfile, logLevel: 'silent' } as const
    await build({ ...options, entryPoints: [at('app.js')] })
    expect(await answersOf(outfile)).toEqual(ANSWERS)
  })

  it.each([
    ['ESM', 'es', 'mjs'],
    ['CommonJS', 'cjs', 'cjs'],
  ] as const)('loads plugins in threads when Vite made it %s', async (_, format, extension) => {
    // The Vite that our test runner is built on.
    const vitest = createRequire(require.resolve('vitest/package.json'))
    const vite = await import(pathToFileURL(vitest.resolve('vite')).href)
    const outDir = at(`out/vite-${format}`)
    await vite.build({
      root: folder.path,
      configFile: false,
      logLevel: 'silent',
      ssr: { noExternal: true },
      build: {
        ssr: 'app.js',
        outDir,
        rollupOptions: {
          output: { format, entryFileNames: `app.${extension}`, chunkFileNames: `[name].${extension}` },
        },
      },
    })
    expect(await readdir(outDir)).toContain(`app.${extension}`)
    expect(await answersOf(path.join(outDir, `app.${extension}`))).toEqual(ANSWERS)
  })

  inCi.each([
    ['ESM', 'mjs', 'module'],
    ['CommonJS', 'cjs', 'commonjs2'],
  ] as const)('loads plugins in threads when webpack made it %s', async (_, extension, type) => {
    const filename = `webpack.${extension}`
    const compiler = webpack({
      mode: 'production',
      target: 'node20',
      context: folder.path,
      entry: './app.js',
      experiments: { outputModule: type === 'module' },
      output: { path: at('out'), filename, library: { type } },
    })
    const stats = await promisify(compiler.run.bind(compiler))()
    expect(stats?.toJson({ all: false, errors: true }).errors).toEqual([])
    expect(await answersOf(at('out', filename))).toEqual(ANSWERS)
  })

  inCi.each([
    ['ESM', 'module'],
    ['CommonJS', 'commonjs'],
  ] as const)('loads plugins in threads when ncc made it %s', async (_, type) => {
    // ncc writes what the nearest package.json says.
    const app = at(`ncc-${type}`)
    await mkdir(app)
    await writeFile(path.join(app, 'package.json'), JSON.stringify({ name: 'app', type }))
    await writeFile(path.join(app, 'app.js'), type === 'module' ? APP : REQUIRING)
    const { code, assets } = await ncc(path.join(app, 'app.js'), { quiet: true })
    const out = path.join(app, 'out')
    await mkdir(out)
    for (const [name, { source }] of Object.entries(assets)) await writeFile(path.join(out, name), source)
    await writeFile(path.join(out, 'index.js'), code)
    expect(await answersOf(path.join(out, 'index.js'))).toEqual(ANSWERS)
  })
})
