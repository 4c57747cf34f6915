import { createHost, type Host, type Plugin } from '@wasm-plugin/host'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { API, build } from '../helpers/builds.js'

let host: Host
let release: () => void

beforeEach(async () => {
  host = await createHost({
    imports: {
      wait: () =>
        new Promise<void>((resolve) => {
          release = resolve
        }),
    },
  })
})
afterEach(() => host.close())

async function load(idleMs?: number): Promise<Plugin> {
  return await host.load(await build({ version: 1 }), { pool: { instances: 2, ...(idleMs && { idleMs }) } })
}

const instances = (plugin: Plugin, count: number) =>
  vi.waitFor(() => expect(plugin.stats.instances).toBe(count), { timeout: 20_000 })

describe('a plugin that nobody calls', () => {
  it('gives its threads back, and the next call gets a fresh instance', async () => {
    const faults = vi.fn()
    host.on('fault', faults)
    const plugin = await load(1)
    const { add, version } = plugin.exports[API]
    for (let round = 0; round < 3; round++) {
      expect(await add(5)).toBe(5)
      await instances(plugin, 0)
    }
    expect(await Promise.all([version(), version(), version()])).toEqual([1, 1, 1])
    await instances(plugin, 0)
    expect(faults).not.toHaveBeenCalled()
    expect(plugin.stats.failures).toBe(0)
  })

  it('keeps them while a call runs, and while the application may hold a resource', async () => {
    const plugin = await load(1)
    const { wait, add } = plugin.exports[API]
    const running = wait(1)
    await vi.waitFor(() => expect(release).toBeTypeOf('function'))
    // The other one comes and goes.
    expect(await add(1)).toBe(1)
    await instances(plugin, 1)
    release()
    expect(await running).toBe(1)
    await instances(plugin, 0)
    const item = new plugin.exports['test:shop/items'].Item()
    expect(await item.worth()).toBe(1)
    expect(await Promise.all([add(1), add(1)])).toHaveLength(2)
    await instances(plugin, 1)
    expect(await item.worth()).toBe(1)
  })

  it('keeps them without the option', async () => {
    const plugin = await load()
    expect(await plugin.exports[API].add(5)).toBe(5)
    expect(plugin.stats.instances).toBe(1)
    expect(await plugin.exports[API].add(5)).toBe(10)
  })
})
