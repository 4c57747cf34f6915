import { inspect } from 'node:util'
import { createHost, type Host, type Isolation, type LoadOptions, type Plugin } from '@wasm-plugin/host'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { API, build } from './helpers/builds.js'
import { loadGuest } from './helpers/guests.js'
import { inProcesses } from './helpers/walls.js'

let host: Host
beforeEach(async () => {
  host = await createHost({ imports: { wait: () => {} } })
  host.on('call', () => {})
})
afterEach(() => host.close())

async function load(name: string, isolation: Isolation): Promise<Plugin> {
  return (await host.load(await build({ version: 1 }), { name, isolation } as LoadOptions)) as Plugin
}

describe.each<Isolation>(['worker', 'inline'])('stats (%s)', (isolation) => {
  it('count calls, and failures by their codes', async () => {
    const plugin = await load('a', isolation)
    expect(plugin.stats).toMatchObject({ waiting: 0, instances: 1, calls: 0, failures: 0, errors: {} })
    const { version, add, fault } = plugin.exports[API]
    for (let i = 0; i < 3; i++) await version()
    for (const fails of [fault, fault, () => add('one')]) await (async () => fails())().catch(() => {})
    // Time goes on in its thread.
    const { errors, cpuMs, fuel, ...stats } = plugin.stats
    expect(cpuMs === undefined || cpuMs > 0).toBe(true)
    expect(fuel === undefined).toBe(isolation === 'worker')
    expect(errors).toEqual({ GUEST_TRAP: 2, TYPE_MISMATCH: 1 })
    expect(stats).toMatchObject({ calls: 6, failures: 3 })
    expect(JSON.parse(JSON.stringify(plugin.stats))).toMatchObject({ ...stats, errors })
    expect(Object.isFrozen(plugin.stats) && Object.isFrozen(errors)).toBe(true)
  })

  it('tell how long calls took', async () => {
    const plugin = await load('a', isolation)
    expect([plugin.stats.p50Ms, plugin.stats.p99Ms]).toEqual([0, 0])
    const times: number[] = []
    host.on('call', ({ durationMs }) => times.push(durationMs))
    for (let i = 0; i < 20; i++) await plugin.exports[API].version()
    const { p50Ms, p99Ms, durationMs } = plugin.stats
    expect(times.reduce((sum, ms) => sum + ms)).toBeCloseTo(durationMs)
    expect(p50Ms).toBeLessThanOrEqual(p99Ms)
    // To an eighth, and a microsecond.
    expect(Math.abs(p99Ms - Math.max(...times))).toBeLessThanOrEqual(Math.max(...times) / 8 + 0.001)
  })
})

it('are those of all plugins that are loaded, of a host', async () => {
  const a = await load('a', 'worker')
  const b = await load('b', 'inline')
  await a.exports[API].version()
  await b.exports[API].version()
  expect(host.stats).toEqual({
    ...{ plugins: 2, instances: 2, waiting: 0, calls: 2, failures: 0, warmThreads: 0 },
    memoryBytes: a.stats.memoryBytes + b.stats.memoryBytes,
    ...{ threads: inProcesses ? 0 : 1, processes: inProcesses ? 1 : 0 },
    cpuMs: process.platform === 'linux' ? expect.any(Number) : b.stats.cpuMs,
    ...{ fuel: b.stats.fuel, bytesIn: 0, bytesOut: 0, uses: {}, denials: {} },
  })
  await a.close()
  expect(host.stats).toMatchObject({ plugins: 1, calls: 1 })
})

it('tell how often a thread was started, and how long calls waited for one', async () => {
  const release: (() => void)[] = []
  const imports = { wait: () => new Promise<void>((resolve) => release.push(resolve)) }
  const plugin = await host.load(await build({ version: 1 }), { name: 'a', imports })
  const { wait, version } = plugin.exports[API]
  await plugin
    .with({ timeoutMs: 20 })
    .exports[API].wait(1)
    .catch(() => {})
  expect(plugin.stats).toMatchObject({ starts: 1, waitedMs: expect.closeTo(0, 0) })
  // The one that was late may have ended before it asked.
  const asked = release.length
  const first = wait(1)
  const second = version()
  await expect.poll(() => release.length).toBe(asked + 1)
  release[asked]?.()
  await Promise.all([first, second])
  expect(plugin.stats.starts).toBe(2)
  // The second began when the first was over, or the thread was ready.
  expect(plugin.stats.waitedMs).toBeGreaterThan(0)
  expect(plugin.stats.waitedMs).toBeLessThanOrEqual(plugin.stats.durationMs)
})

it('count what was denied, by capability', async () => {
  const { plugin, run } = await loadGuest('assemblyscript')
  for (let i = 0; i < 2; i++) await run('http-get', 'http://a.example/')
  expect(plugin.stats.denials).toEqual({ net: 2 })
})

it('show whether the circuit of a plugin that keeps failing is open', async () => {
  const restart = { maxPerMinute: 1, backoffMs: 30 }
  const plugin = await host.load(await build({ version: 1 }), { name: 'a', restart })
  const { fault, version } = plugin.exports[API]
  expect(plugin.stats.circuit).toBe('closed')
  for (let i = 0; i < 2; i++) await fault().catch(() => {})
  expect(plugin.stats.circuit).toBe('open')
  await expect.poll(() => plugin.stats.circuit).toBe('half-open')
  await version()
  expect(plugin.stats.circuit).toBe('closed')
})

it('count no time of calls that found an instance idle as waited', async () => {
  const plugin = await load('a', 'worker')
  const { version } = plugin.exports[API]
  for (let i = 0; i < 300; i++) await version()
  const { waitedMs, durationMs } = plugin.stats
  expect(waitedMs).toBeLessThan(durationMs / 2)
})

it('are numbers where they are printed', async () => {
  const plugin = await load('a', 'worker')
  await plugin.exports[API].version()
  expect(inspect(plugin.stats)).toMatch(/calls: 1,/)
})
