import { execFile } from 'node:child_process'
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assemble } from '../packages/host/test/helpers/guests.js'
import { root, temporaryFolder } from './support/app.js'

const run = promisify(execFile)

const APP = `import { createHost } from '@wasm-plugin/host'

async function main(file) {
  const host = await createHost()
  const inThread = await host.load(file, { name: 'thread' })
  const inline = await host.load(file, { name: 'inline', isolation: 'inline' })
  const seen = [await inThread.exports.add(40, 2), inline.exports.add(40, 2)]
  seen.push(await inThread.exports.stop().catch(({ code }) => code), await inThread.exports.add(1, 2))
  await host.close()
  console.log(JSON.stringify(seen))
}

void main(process.argv[2])
`

const PLUGIN = `(component
  (core module $m
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "stop") unreachable))
  (core instance $i (instantiate $m))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add")))
  (func (export "stop") (canon lift (core func $i "stop"))))`

const ANSWERS = [42, 42, 'GUEST_TRAP', 3]

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
    await mkdir(at('out/worker'), { recursive: true })
    await writeFile(at('out/worker/main.js'), 'throw new Error("the worker of the application")')
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
    const vitest = createRequire(createRequire(import.meta.url).resolve('vitest/package.json'))
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
})
