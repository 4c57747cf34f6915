import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { BuildCache, pruneFolder, stateOf } from '#internal'
import { makeFolder } from '../support/project.js'

const bytes = (text: string) => new TextEncoder().encode(text)
const openCache = () => new BuildCache(join(makeFolder({}), 'cache'))

/** A step that counts how often it ran. */
function step(text: string) {
  const make = async () => {
    make.runs++
    return { bytes: bytes(text), data: { warnings: [text] } }
  }
  make.runs = 0
  return make
}

describe('the build cache', () => {
  afterEach(() => void vi.unstubAllEnvs())

  it('runs a step once for equal inputs, whatever process asks', async () => {
    const cache = openCache()
    const make = step('out')
    const first = await cache.entry('asc', ['-O', bytes('source')], make)
    const again = await new BuildCache(cache.folder).entry('asc', ['-O', Buffer.from('source')], make)
    expect(make.runs).toBe(1)
    expect(again).toEqual(first)
    expect(again).toEqual({ bytes: bytes('out'), data: { warnings: ['out'] } })
  })

  it.each<[string, string, Parameters<BuildCache['entry']>[1]]>([
    ['another step', 'link', ['-O', bytes('source')]],
    ['another option', 'asc', ['-O3', bytes('source')]],
    ['other bytes', 'asc', ['-O', bytes('source ')]],
    ['text that was bytes', 'asc', ['-O', 'source']],
    ['inputs that run together', 'asc', ['-Osource']],
    ['one more input', 'asc', ['-O', bytes('source'), null]],
  ])('runs it again for %s', async (_, name, inputs) => {
    const cache = openCache()
    await cache.entry('asc', ['-O', bytes('source')], step('one'))
    expect((await cache.entry(name, inputs, step('two'))).bytes).toEqual(bytes('two'))
  })

  it('knows the files that a tool found by itself', async () => {
    const dir = makeFolder({ 'a.ts': 'a' })
    const cache = openCache()
    const build = async () => {
      const read = (name: string) =>
        readdirSync(dir).includes(name) ? readFileSync(join(dir, name), 'utf8') : null
      const trace = new Map(['a.ts', 'b.ts'].map((name) => [name, stateOf(read(name))]))
      runs++
      return { bytes: bytes(`${read('a.ts')}${read('b.ts')}`), data: null, trace }
    }
    let runs = 0
    const run = async () =>
      new TextDecoder().decode((await cache.traced('asc', ['-O'], { dir, make: build })).bytes)
    expect([await run(), await run(), runs]).toEqual(['anull', 'anull', 1])
    writeFileSync(join(dir, 'a.ts'), 'A')
    expect([await run(), await run(), runs]).toEqual(['Anull', 'Anull', 2])
    writeFileSync(join(dir, 'b.ts'), 'b') // It was looked for and not there.
    expect([await run(), await run(), runs]).toEqual(['Ab', 'Ab', 3])
    rmSync(join(dir, 'b.ts'))
    writeFileSync(join(dir, 'a.ts'), 'a')
    expect([await run(), runs]).toEqual(['anull', 3])
  })

  it('makes a damaged entry again: cut short, changed, empty', async () => {
    for (const damage of [
      (whole: Buffer) => whole.subarray(0, -1),
      (whole: Buffer) => Buffer.from(whole.map((byte, i) => (i === whole.length - 1 ? byte ^ 1 : byte))),
      () => Buffer.alloc(0),
    ]) {
      const cache = openCache()
      await cache.entry('asc', [], step('good'))
      const path = join(cache.folder!, readdirSync(cache.folder!)[0]!)
      writeFileSync(path, damage(readFileSync(path)))
      const make = step('good')
      await cache.entry('asc', [], make)
      await cache.entry('asc', [], make)
      expect(make.runs).toBe(1)
    }
  })

  it('keeps nothing of a step that failed', async () => {
    const cache = openCache()
    await expect(cache.entry('asc', [], () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect((await cache.entry('asc', [], step('yes'))).bytes).toEqual(bytes('yes'))
  })

  it('is only slower where nothing can be written', async () => {
    const file = join(makeFolder({ file: '' }), 'file')
    for (const folder of [null, join(file, 'cache')]) {
      const make = step('out')
      for (let i = 0; i < 2; i++)
        expect((await new BuildCache(folder).entry('x', [], make)).bytes).toEqual(bytes('out'))
      expect(make.runs).toBe(2)
    }
  })

  it('lies in the nearest package that is installed, or where the environment says', () => {
    const dir = makeFolder({ 'package.json': '{}', 'node_modules/.keep': '', 'sub/node_modules/.keep': '' })
    expect(BuildCache.of(join(dir, 'sub')).folder).toBe(join(dir, 'node_modules/.cache/wasm-plugin'))
    vi.stubEnv('WASM_PLUGIN_CACHE', join(dir, 'elsewhere'))
    expect(BuildCache.of(dir).folder).toBe(join(dir, 'elsewhere'))
    vi.stubEnv('WASM_PLUGIN_CACHE', 'off')
    expect(BuildCache.of(dir).folder).toBeNull()
  })

  it('forgets what was not used for longest, and what a dead build left', () => {
    const dir = makeFolder({ old: 'x'.repeat(60), used: 'x'.repeat(50), 'new.1.tmp': 'x', 'dead.1.tmp': 'x' })
    const hoursAgo = (name: string, hours: number) => {
      const time = Date.now() / 1000 - hours * 3600
      utimesSync(join(dir, name), time, time)
    }
    hoursAgo('old', 3)
    hoursAgo('used', 1)
    hoursAgo('dead.1.tmp', 2)
    pruneFolder(dir, 1000)
    expect(readdirSync(dir).sort()).toEqual(['new.1.tmp', 'old', 'used'])
    pruneFolder(dir, 110)
    expect(readdirSync(dir).sort()).toEqual(['new.1.tmp', 'used'])
  })

  it('marks an entry as used when it is read', async () => {
    const cache = openCache()
    await cache.entry('x', [], step('out'))
    const path = join(cache.folder!, readdirSync(cache.folder!)[0]!)
    utimesSync(path, 1, 1)
    await cache.entry('x', [], step('out'))
    expect(statSync(path).mtimeMs).toBeGreaterThan(1000)
  })
})
