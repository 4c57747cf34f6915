import { createHost, type Host, type Isolation, type LoadOptions, type Plugin } from '@wasm-plugin/host'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { API, build } from './helpers/builds.js'
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
    const { errors, ...stats } = plugin.stats
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
    ...{ threads: inProcesses ? 0 : 1, processes: inProcesses ? 1 : 0 },
  })
  await a.close()
  expect(host.stats).toMatchObject({ plugins: 1, calls: 1 })
})
