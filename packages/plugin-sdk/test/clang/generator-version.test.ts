import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { loadWorld } from '@wasm-plugin/sdk'
import { expect, it } from 'vitest'
import { COMPONENT } from '../../bindgen/build.mjs'
import { makeFolder } from '../support/project.js'

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url))

/** A custom section named `x`: the same program in other bytes. */
const SECTION = Uint8Array.of(0, 2, 1, 'x'.charCodeAt(0))

/** The package as npm would have it somewhere else, with this generator. */
async function installed(generator: Uint8Array): Promise<typeof import('#internal')> {
  const dir = makeFolder({ 'bindgen/bindgen.wasm': '' })
  for (const name of ['dist', 'package.json'])
    cpSync(join(PACKAGE, name), join(dir, name), { recursive: true })
  symlinkSync(join(PACKAGE, 'node_modules'), join(dir, 'node_modules'))
  writeFileSync(join(dir, 'bindgen/bindgen.wasm'), generator)
  return await import(pathToFileURL(join(dir, 'dist/internal.js')).href)
}

it('uses bindings of an earlier build only if the same generator made them', async () => {
  const folder = makeFolder({ 'w.wit': 'package a:b; world w { export f: func(); }' })
  const world = await loadWorld({ wit: join(folder, 'w.wit') })
  const bytes = readFileSync(COMPONENT)
  const entriesAfter = async (generator: Uint8Array) => {
    const { BuildCache, clangBindings } = await installed(generator)
    const cache = new BuildCache(join(folder, 'cache'))
    expect((await clangBindings(world, 'c', { cache })).files.has('w.h')).toBe(true)
    return readdirSync(join(folder, 'cache')).filter((name) => name.startsWith('bindings-')).length
  }
  expect(await entriesAfter(bytes)).toBe(1)
  // Another copy of the same bytes, at another time, is the same generator.
  expect(await entriesAfter(bytes)).toBe(1)
  expect(await entriesAfter(Buffer.concat([bytes, SECTION]))).toBe(2)
}, 120_000)
