import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { COMPONENT } from '../../bindgen/build.mjs'
import { makeFolder } from '../support/project.js'

/** A custom section named `x`: the same program in other bytes. */
const SECTION = Uint8Array.of(0, 2, 1, 'x'.charCodeAt(0))

afterEach(() => {
  vi.doUnmock('../../src/assets.js')
  vi.resetModules()
})

it('uses bindings of an earlier build only if the same generator made them', async () => {
  const folder = makeFolder({ 'w.wit': 'package a:b; world w { export f: func(); }' })
  const bytes = readFileSync(COMPONENT)
  const other = makeFolder({ 'bindgen.wasm': Buffer.concat([bytes, SECTION]) })
  const entriesAfter = async (component: string) => {
    vi.resetModules()
    vi.doMock('../../src/assets.js', async (original) => ({
      ...(await original<object>()),
      BINDGEN_COMPONENT: component,
    }))
    const { BuildCache } = await import('../../src/cache/cache.js')
    const { clangBindings } = await import('../../src/build/clang/bindings.js')
    const { loadWorld } = await import('../../src/world/load.js')
    const world = await loadWorld({ wit: join(folder, 'w.wit') })
    const cache = new BuildCache(join(folder, 'cache'))
    expect((await clangBindings(world, 'c', { cache })).files.has('w.h')).toBe(true)
    return readdirSync(join(folder, 'cache')).filter((name) => name.startsWith('bindings-')).length
  }
  expect(await entriesAfter(COMPONENT)).toBe(1)
  // Another copy of the same bytes, at another time, is the same generator.
  expect(await entriesAfter(join(makeFolder({ 'bindgen.wasm': bytes }), 'bindgen.wasm'))).toBe(1)
  expect(await entriesAfter(join(other, 'bindgen.wasm'))).toBe(2)
}, 120_000)
