import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import {
  type BudgetEvent,
  type BudgetOptions,
  createHost,
  type Host,
  type LoadOptions,
  type Plugin,
} from '@wasm-plugin/host'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { isWhole } from '../../../test/seed.js'
import { API, build } from './helpers/builds.js'
import { assemble } from './helpers/guests.js'
import { tempDir } from './helpers/wasi.js'

let component: Uint8Array
let host: Host
let events: BudgetEvent[]
let waiting: (() => void)[]

beforeAll(async () => {
  component = await build({ version: 1 })
})
afterEach(() => host.close())

async function start(budget: Partial<BudgetOptions>): Promise<void> {
  host = await createHost({
    budget,
    limits: { timeoutMs: 60_000, startMs: 60_000 },
    imports: {
      wait: () =>
        new Promise<void>((resolve) => {
          waiting.push(resolve)
        }),
    },
  })
  events = []
  waiting = []
  host.on('budget', (event) => events.push(event))
}

const load = (name: string, options: LoadOptions = {}) =>
  host.load(component, { name, ...options } as LoadOptions) as Promise<Plugin>
const refusal = (budget: string, max: number) => ({
  code: 'BUDGET_EXHAUSTED',
  origin: 'app',
  data: { budget, max },
})
const idle = { pool: { idleMs: 600_000 } }

describe.each([
  ['threads', 'worker'],
  ['processes', 'process'],
] as const)('the %s of a host', (seat, isolation) => {
  it('are no more than its budget: the next load is refused, until a plugin is closed', async () => {
    await start({ [seat]: 2 })
    const first = await load('first', { isolation })
    await load('second', { isolation })
    await expect(load('third', { isolation })).rejects.toMatchObject({
      ...refusal(seat, 2),
      plugin: 'third',
    })
    expect(events).toEqual([{ plugin: 'third', budget: seat, max: 2 }])
    expect(host.stats).toMatchObject({ plugins: 2, [seat]: 2 })
    await first.close()
    const third = await load('third', { isolation })
    expect(await third.exports[API].version()).toBe(1)
  })

  it('go from the plugin that was used longest ago to the one that is called', async () => {
    await start({ [seat]: 2 })
    const names = ['a', 'b', 'c', 'd']
    const plugins: Plugin[] = []
    for (const name of names) plugins.push(await load(name, { isolation, ...idle }))
    expect(events.map(({ plugin, evicted }) => [plugin, evicted])).toEqual([
      ['c', 'a'],
      ['d', 'b'],
    ])
    for (const round of [1, 2]) {
      for (const plugin of plugins) {
        expect(await plugin.exports[API].version(), `round ${round}`).toBe(1)
        expect(host.stats[seat]).toBeLessThanOrEqual(2)
      }
    }
    expect(events).toHaveLength(2 + 2 * names.length)
    expect(events.every(({ evicted }) => evicted !== undefined)).toBe(true)
    expect(await Promise.all(plugins.map((plugin) => plugin.exports[API].version()))).toEqual([1, 1, 1, 1])
  })

  it('are waited for while they are busy, and are there after an instance was ended', async () => {
    await start({ [seat]: 1 })
    const a = await load('a', { isolation, ...idle })
    const b = await load('b', { isolation, ...idle })
    const running = a.exports[API].wait(1)
    await vi.waitFor(() => expect(waiting).toHaveLength(1))
    const next = b.exports[API].version()
    expect(b.stats.instances).toBe(0)
    waiting[0]?.()
    expect(await running).toBe(1)
    expect(await next).toBe(1)
    // One that ends at a deadline gives its seat to the next call of its own plugin.
    await expect(b.with({ timeoutMs: 50 }).exports[API].wait(1)).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    })
    expect(await b.exports[API].version()).toBe(1)
    expect(host.stats[seat]).toBe(1)
  })
})

it('a load that waits for a thread ends with its host, and at its deadline', async () => {
  await start({ threads: 1 })
  const busy = await load('busy', idle)
  const running = busy.exports[API].wait(1).catch(({ code }: { code: string }) => code)
  await vi.waitFor(() => expect(busy.stats.instances).toBe(1))
  await expect(load('late', { limits: { startMs: 50 } })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
  const closed = load('closed').catch(({ code }: { code: string }) => code)
  await vi.waitFor(() => expect(host.stats.waiting).toBe(0))
  await host.close()
  expect(await closed).toBe('HOST_CLOSED')
  expect(await running).toBe('PLUGIN_CLOSED')
})

it('the calls that wait are no more than the budget of the host, whichever plugins they wait for', async () => {
  await start({ queuedCalls: 2 })
  const [a, b] = [await load('a'), await load('b')]
  const running = [a.exports[API].wait(1), a.exports[API].version(), a.exports[API].version()]
  running.push(b.exports[API].wait(1))
  await vi.waitFor(() => expect(waiting).toHaveLength(2))
  expect([a.stats.waiting, b.stats.waiting]).toEqual([2, 0])
  await expect(b.exports[API].version()).rejects.toMatchObject({
    ...refusal('queuedCalls', 2),
    plugin: 'b',
  })
  expect(events).toEqual([{ plugin: 'b', budget: 'queuedCalls', max: 2 }])
  for (const release of waiting) release()
  expect(await Promise.all(running)).toEqual([1, 1, 1, 1])
  expect(await Promise.all([b.exports[API].version(), b.exports[API].version()])).toEqual([1, 1])
})

describe('the linear memory of a host', () => {
  const MiB = 1 << 20
  const refused = refusal('memoryBytes', 10 * MiB)
  /** Of so many MiB; nothing but its own functions sees the memory. */
  const growing = (size = 1) =>
    assemble(`(component
      (core module $m (memory ${size * 16})
        (func (export "grow") (param i32) (result i32)
          (memory.grow (i32.mul (local.get 0) (i32.const 16))))
        (func (export "size") (result i32) (i32.div_u (memory.size) (i32.const 16))))
      (core instance $i (instantiate $m))
      (func (export "grow") (param "more" u32) (result s32) (canon lift (core func $i "grow")))
      (func (export "size") (result u32) (canon lift (core func $i "size"))))`)
  const loadGrowing = async (name: string, options: object = {}, size?: number) =>
    host.load(await growing(size), { name, ...options } as LoadOptions) as Promise<Plugin>

  it.each(['worker', 'process'])(
    'is within its budget: the call that exceeds it fails, and the next gets a fresh instance (%s)',
    async (isolation) => {
      await start({ memoryBytes: 10 * MiB })
      const [a, b] = [await loadGrowing('a', { isolation }), await loadGrowing('b', { isolation })]
      expect(host.stats.memoryBytes).toBe(2 * MiB)
      expect(await a.exports.grow(5)).toBeGreaterThan(0)
      expect([a.stats.memoryBytes, a.stats.maxMemoryBytes]).toEqual([6 * MiB, 6 * MiB])
      await expect(b.exports.grow(6)).rejects.toMatchObject({ ...refused, plugin: 'b' })
      expect(events).toEqual([{ plugin: 'b', budget: 'memoryBytes', max: 10 * MiB }])
      expect(await b.exports.size()).toBe(1)
      expect(await a.exports.size()).toBe(6)
      expect(host.stats.memoryBytes).toBe(7 * MiB)
      await expect(loadGrowing('large', { isolation }, 4)).rejects.toMatchObject({
        ...refused,
        plugin: 'large',
      })
      await a.close()
      expect(await b.exports.grow(8)).toBeGreaterThan(0)
    },
  )

  it('goes from the plugin that was used longest ago to the one that grows', async () => {
    await start({ memoryBytes: 10 * MiB })
    const a = await loadGrowing('a', idle)
    const b = await loadGrowing('b', { ...idle, isolation: 'process' })
    await b.exports.grow(3)
    await a.exports.grow(3)
    const c = await loadGrowing('c', {}, 4)
    expect(events).toEqual([{ plugin: 'c', budget: 'memoryBytes', max: 10 * MiB, evicted: 'b' }])
    expect(await c.exports.grow(3)).toBeGreaterThan(0)
    expect(events.at(-1)).toMatchObject({ plugin: 'c', evicted: 'a' })
    expect(await Promise.all([a.exports.size(), b.exports.size(), c.exports.size()])).toEqual([1, 1, 7])
    expect([a.stats.maxMemoryBytes, b.stats.maxMemoryBytes]).toEqual([4 * MiB, 4 * MiB])
  })

  it('counts what plugins have in the thread of the application, and gives back what they had', async () => {
    await start({ memoryBytes: 10 * MiB })
    const inline = await loadGrowing('inline', { isolation: 'inline' })
    await inline.exports.grow(8)
    expect([inline.stats.memoryBytes, host.stats.memoryBytes]).toEqual([9 * MiB, 9 * MiB])
    await expect(loadGrowing('a', {}, 2)).rejects.toMatchObject(refused)
    await expect(loadGrowing('near', { isolation: 'inline' }, 2)).rejects.toMatchObject(refused)
    await inline.close()
    expect(await (await loadGrowing('a', {}, 10)).exports.size()).toBe(10)
  })
})

it('threads that come and go share memory with the application that others had', async () => {
  await start({ threads: 2 })
  const plugins: Plugin[] = []
  const more = async (count: number) => {
    for (let i = 0; i < count; i++) plugins.push(await load(`plugin ${plugins.length}`, idle))
  }
  await more(4)
  const { arrayBuffers } = process.memoryUsage()
  await more(8)
  for (const plugin of plugins) expect(await plugin.exports[API].version()).toBe(1)
  // The engine would not look for what is left of twenty, of two megabytes each.
  expect(process.memoryUsage().arrayBuffers - arrayBuffers).toBeLessThan(16 << 20)
})

// It takes a minute or two.
it.runIf(isWhole)(
  'a thousand plugins, each called now and then, share sixteen threads',
  { timeout: 1_200_000 },
  async () => {
    await start({})
    const file = join(tempDir(), 'plugin.wasm')
    // A small one: what a plugin brings is not what a host costs.
    const small = await assemble(`(component
      (core module $m (memory 1) (func (export "one") (result i32) (i32.const 1)))
      (core instance $i (instantiate $m))
      (func (export "one") (result u32) (canon lift (core func $i "one"))))`)
    writeFileSync(file, small)
    const child = fileURLToPath(new URL('helpers/thousand-child.mjs', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, [child, file])
    const { answers, threads, rss } = JSON.parse(stdout)
    expect({ answers, threads }).toEqual({ answers: 1_000, threads: 16 })
    // Some 390 MB, however busy the machine is: a thread counts until it is gone. A thread each would take 11 GB.
    expect(rss).toBeLessThan(512 << 20)
  },
)
