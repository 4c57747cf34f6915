import { rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  createHost,
  type Host,
  type Plugin,
  type SnapshotEvent,
  type ThreadLoadOptions,
} from '@wasm-plugin/host'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { isWhole } from '../../../../test/seed.js'
import { API, build } from '../helpers/builds.js'
import { addGuest, assemble, type GuestLanguage, isBuilt } from '../helpers/guests.js'
import { noRust, server } from '../helpers/server.js'
import { tempDir } from '../helpers/wasi.js'

let host: Host
let events: SnapshotEvent[]

beforeEach(() => {
  events = []
})
afterEach(() => host.close())

async function start(options: Parameters<typeof createHost>[0] = {}): Promise<void> {
  host = await createHost({ limits: { timeoutMs: 60_000, startMs: 60_000 }, ...options })
  host.on('snapshot', (event) => events.push(event))
}

const KEPT = { snapshot: true, pool: { idleMs: 1 } } as const satisfies ThreadLoadOptions

const instances = (plugin: Plugin, count: number) =>
  vi.waitFor(() => expect(plugin.stats.instances).toBe(count), { timeout: 30_000 })
const happened = (state: SnapshotEvent['state']) =>
  vi.waitFor(() => expect(events.map((event) => event.state)).toContain(state), { timeout: 30_000 })

const languages: GuestLanguage[] = isWhole
  ? ['rust', 'c', 'assemblyscript', 'javascript']
  : ['rust', 'c', 'assemblyscript']

describe.each(languages.filter(isBuilt).map((language) => [language] as const))(
  'a plugin in %s',
  (language) => {
    it.each([
      ['as it is', {}],
      ['metered', { limits: { fuel: 1_000_000_000_000 } }],
    ])('goes on where the instance was that nobody called, %s', async (_, options: ThreadLoadOptions) => {
      await start()
      const { plugin, run } = await addGuest(host, language, { ...KEPT, ...options })
      expect(await run('remember', 'a line of text', '20000')).toBe('20000 280000')
      for (let round = 1; round <= 3; round++) {
        await instances(plugin, 0)
        expect(plugin.stats.memoryBytes).toBeGreaterThan(280_000)
        expect(await run('remember', 'another line', '1')).toBe(`${20_000 + round} ${280_000 + 12 * round}`)
      }
      await instances(plugin, 0)
      const states = events.map(({ state }) => state)
      expect(states).toEqual(['saved', 'restored', 'saved', 'restored', 'saved', 'restored', 'saved'])
      expect(events.every((event) => event.plugin === plugin.name && event.error === undefined)).toBe(true)
    })

    // Engines of JavaScript close what nobody uses any more when they collect garbage.
    it.runIf(language === 'javascript')('stays while it has a file open, and has what it knows', async () => {
      await start()
      const grants = { fs: [{ path: tempDir(), at: '/data', access: 'read-write' as const }] }
      const { plugin, run } = await addGuest(host, language, { ...KEPT, grants })
      expect(await run('remember', 'line', '3')).toBe('3 12')
      expect(await run('write-file', '/data/file', 'text')).toBe('')
      await happened('refused')
      expect(events.at(-1)?.error?.code).toBe('SNAPSHOT_REFUSED')
      expect(plugin.stats.instances).toBe(1)
      expect(await run('remember', 'line', '1')).toBe('4 16')
    })

    it.skipIf(language === 'javascript')('has its directories and its log where it goes on', async () => {
      await start()
      const dir = tempDir()
      const grants = { fs: [{ path: dir, at: '/data', access: 'read-write' as const }] }
      const { plugin, run } = await addGuest(host, language, { ...KEPT, grants })
      const lines: string[] = []
      host.on('log', ({ message }) => lines.push(message))
      for (const text of ['one', 'two']) {
        expect(await run('write-file', '/data/file', text)).toBe('')
        expect(await readFile(join(dir, 'file'), 'utf8')).toBe(text)
        expect(await run('print-error', `${text}\n`)).toBe('')
        await instances(plugin, 0)
      }
      expect(lines).toEqual(['one', 'two'])
      expect(events.map(({ state }) => state)).toContain('restored')
      expect(events.filter(({ error }) => error !== undefined)).toEqual([])
    })
  },
)

describe.runIf(isBuilt('rust'))('a directory of an instance that is saved', () => {
  it.each([
    ['taken back', (plugin: Plugin) => plugin.revoke('fs')],
    ['removed', (_: Plugin, dir: string) => rmSync(dir, { recursive: true })],
  ])('may be %s: what it has in memory goes on, and uses of the directory fail', async (_, change) => {
    await start()
    const dir = tempDir()
    const grants = { fs: [{ path: dir, at: '/data', access: 'read-write' as const }] }
    const { plugin, run } = await addGuest(host, 'rust', { ...KEPT, grants })
    expect(await run('write-file', '/data/file', 'text')).toBe('')
    expect(await run('remember', 'line', '3')).toBe('3 12')
    await instances(plugin, 0)
    change(plugin, dir)
    expect(await run('remember', 'line', '1')).toBe('4 16')
    expect(await run('write-file', '/data/file', 'text')).toMatch(/^!/)
    await instances(plugin, 0)
    expect(await run('remember', '', '0')).toBe('4 16')
    expect(events.filter(({ error }) => error !== undefined)).toEqual([])
  })
})

describe('state that is kept', () => {
  const imports = { wait: () => undefined }

  it('is of one instance each, however many there are', async () => {
    const waiting: (() => void)[] = []
    await start({ imports: { wait: () => new Promise<void>((resolve) => waiting.push(resolve)) } })
    const bytes = await build({ version: 1, exports: '(export "wait-and-save" (func $wait-and-save))' })
    const plugin = (await host.load(bytes, { snapshot: true, pool: { instances: 2, idleMs: 1 } })) as Plugin
    const { add, waitAndSave } = plugin.exports[API]
    for (let round = 0; round < 5; round++) {
      await Promise.all([add(1), add(1), add(1)])
      await instances(plugin, 0)
    }
    // Each holds one of the two. Nothing was lost, and nothing was counted twice.
    const counts = [waitAndSave(), waitAndSave()]
    await vi.waitFor(() => expect(waiting).toHaveLength(2), { timeout: 30_000 })
    for (const release of waiting) release()
    const [a, b] = await Promise.all(counts)
    expect(a + b).toBe(15)
  })

  it('is not that of an instance that a fault ended, nor is there any of one before it', async () => {
    await start({ imports })
    const plugin = (await host.load(await build({ version: 1 }), KEPT)) as Plugin
    const { add, fault } = plugin.exports[API]
    expect(await add(5)).toBe(5)
    await instances(plugin, 0)
    expect(await add(5)).toBe(10)
    await expect(fault()).rejects.toMatchObject({ code: 'GUEST_TRAP' })
    await instances(plugin, 0)
    expect(await add(5)).toBe(5)
  })

  it('goes with its plugin, and with the build', async () => {
    await start({ imports })
    const plugin = (await host.load(await build({ version: 1 }), KEPT)) as Plugin
    const { add } = plugin.exports[API]
    expect(await add(5)).toBe(5)
    await instances(plugin, 0)
    await plugin.update(await build({ version: 2 }))
    expect(await add(5)).toBe(5)
    expect(plugin.stats.memoryBytes).toBe(0)
    expect(events.map(({ state, error }) => [state, error?.code])).toContainEqual(['lost', 'PLUGIN_REPLACED'])
  })

  it.runIf(!noRust)('is not seen by a request that asks for an instance of its own', async () => {
    await start()
    const plugin = (await host.load(server(), { name: 'server', ...KEPT })) as Plugin
    const count = async (options = {}) => {
      const { body } = await plugin.handle({ path: '/count' }, options)
      let text = ''
      for await (const chunk of body) text += Buffer.from(chunk).toString()
      return text
    }
    expect(await count()).toBe('0')
    await instances(plugin, 0)
    expect(await count()).toBe('1')
    await instances(plugin, 0)
    expect(await count({ reuse: 1 })).toBe('0')
  })

  it('is told to be lost with an instance that a deadline ends', async () => {
    await start({ imports })
    const plugin = (await host.load(await build({ version: 1 }), KEPT)) as Plugin
    const { spin, add } = plugin.exports[API]
    await expect(plugin.with({ timeoutMs: 300 }).exports[API].spin()).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    })
    await happened('lost')
    expect(events.find(({ state }) => state === 'lost')).toMatchObject({
      error: { code: 'DEADLINE_EXCEEDED' },
    })
    expect([typeof spin, await add(1)]).toEqual(['function', 1])
  })

  it('counts as memory of the host, which may do without it', async () => {
    await start({ imports, budget: { memoryBytes: 6 << 16 } })
    const text = (pages: number) => `(component
      (core module $m (memory ${pages}) (global $n (mut i32) (i32.const 0))
        (func (export "next") (result i32)
          (memory.fill (i32.const 0) (i32.const 1) (i32.mul (memory.size) (i32.const 65536)))
          (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))
      (core instance $i (instantiate $m))
      (func (export "next") (result u32) (canon lift (core func $i "next"))))`
    const small = (await host.load(await assemble(text(2)), { name: 'small', ...KEPT })) as Plugin
    expect(await small.exports.next()).toBe(1)
    await instances(small, 0)
    expect(small.stats.memoryBytes).toBeGreaterThan(2 << 16)
    expect(host.stats.memoryBytes).toBeGreaterThan(2 << 16)
    const large = (await host.load(await assemble(text(5)), { name: 'large' })) as Plugin
    expect(await large.exports.next()).toBe(1)
    await happened('lost')
    expect(events.at(-1)).toMatchObject({
      plugin: 'small',
      state: 'lost',
      error: { code: 'BUDGET_EXHAUSTED' },
    })
    expect(small.stats.memoryBytes).toBe(0)
  })

  it('is kept of an instance that ends for another plugin', async () => {
    await start({ imports, budget: { threads: 1 } })
    const options = { snapshot: true, pool: { idleMs: 600_000 } } as const
    const a = (await host.load(await build({ version: 1 }), { name: 'a', ...options })) as Plugin
    const b = (await host.load(await build({ version: 1 }), { name: 'b', ...options })) as Plugin
    for (let round = 1; round <= 3; round++)
      for (const plugin of [a, b]) expect(await plugin.exports[API].add(1)).toBe(round)
  })

  it('is none of an instance that has something open: it stays', async () => {
    class Entry {}
    await start({ imports: { ...imports, 'test:held/entries': { Entry, make: () => new Entry() } } })
    const plugin = (await host.load(
      await assemble(`(component
        (import "test:held/entries" (instance $e
          (export "entry" (type $entry (sub resource)))
          (export "make" (func (result (own $entry))))))
        (core func $make (canon lower (func $e "make")))
        (alias export $e "entry" (type $entry))
        (core func $drop (canon resource.drop $entry))
        (core module $m
          (import "" "make" (func $make (result i32))) (import "" "drop" (func $drop (param i32)))
          (global $n (mut i32) (i32.const 0)) (global $held (mut i32) (i32.const 0))
          (func (export "hold") (global.set $held (call $make)))
          (func (export "free") (call $drop (global.get $held)))
          (func (export "next") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))
        (core instance $i (instantiate $m (with "" (instance (export "make" (func $make)) (export "drop" (func $drop))))))
        (func (export "hold") (canon lift (core func $i "hold")))
        (func (export "free") (canon lift (core func $i "free")))
        (func (export "next") (result u32) (canon lift (core func $i "next"))))`),
      KEPT,
    )) as Plugin
    await plugin.exports.hold()
    expect(await plugin.exports.next()).toBe(1)
    await happened('refused')
    expect(events[0]).toMatchObject({
      error: { code: 'SNAPSHOT_REFUSED', data: { reason: '"entry" is open' } },
    })
    // Once for each call at most, however often it might be tried.
    const other = (await host.load(await build({ version: 1 }), { name: 'other', ...KEPT })) as Plugin
    const before = events.filter(({ state }) => state === 'refused').length
    for (let round = 1; round <= 3; round++) {
      expect(await other.exports[API].add(1)).toBe(round)
      await instances(other, 0)
    }
    expect(before).toBeLessThanOrEqual(2)
    expect(events.filter(({ state }) => state === 'refused').length).toBeLessThanOrEqual(2)
    expect([plugin.stats.instances, await plugin.exports.next()]).toEqual([1, 2])
    await plugin.exports.free()
    await instances(plugin, 0)
    expect(await plugin.exports.next()).toBe(3)
  })
})

describe('a plugin whose state cannot be kept', () => {
  it('is refused when it is loaded', async () => {
    await start()
    const bytes = await assemble(
      '(component (core module (table 1 funcref) (func (table.set 0 (i32.const 0) (ref.null func)))))',
    )
    await expect(host.load(bytes, KEPT)).rejects.toMatchObject({
      code: 'SNAPSHOT_UNSUPPORTED',
      origin: 'plugin',
      data: { reason: 'core module 0 changes its tables' },
    })
    expect(host.stats.threads).toBe(0)
  })

  it.each([
    ['inline', { isolation: 'inline', snapshot: true }],
    ['in a process', { isolation: 'process', snapshot: true, pool: { idleMs: 1 } }],
    ['without a time after which it ends', { snapshot: true }],
  ])('is refused with its options: %s', async (_, options) => {
    await start()
    await expect(
      host.load(await assemble('(component)'), options as ThreadLoadOptions),
    ).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      data: { path: 'load.snapshot' },
    })
  })
})
