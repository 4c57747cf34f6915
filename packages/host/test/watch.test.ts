import { rename, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createHost, type Host, type HostEvent, type Isolation, type LoadOptions } from '@wasm-plugin/host'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { API, build } from './helpers/builds.js'
import { tempDir } from './helpers/wasi.js'

let host: Host
let file: string
let events: HostEvent[]

beforeEach(async () => {
  file = join(tempDir(), 'shop.wasm')
  await replace(1)
})
afterEach(() => host.close())

async function start(dev: boolean): Promise<void> {
  host = await createHost({ imports: { wait: () => {} }, dev })
  events = []
  host.on('event', (event) => events.push(event))
}

const replace = async (version: number, more: object = {}) => write(await build({ version, ...more }))

/** As builds write it: at once or not at all. */
async function write(content: Uint8Array | string): Promise<void> {
  await writeFile(`${file}.new`, content)
  await rename(`${file}.new`, file)
}

const count = (type: HostEvent['type']) => events.filter((event) => event.type === type).length
const heard = (type: HostEvent['type'], times = 1) =>
  expect.poll(() => count(type), { timeout: 20_000 }).toBe(times)

describe.each<Isolation>(['worker', 'inline'])('a file that is watched (%s)', (isolation) => {
  it('is what the plugin runs, as soon as it has changed', async () => {
    await start(false)
    const plugin = await host.load(file, { isolation } as LoadOptions)
    await host.watch(plugin, file)
    expect(await plugin.exports[API].version()).toBe(1)
    for (const version of [2, 3]) {
      await replace(version)
      await heard('updated', version - 1)
      expect(await plugin.exports[API].version()).toBe(version)
    }
    expect(count('updateFailed')).toBe(0)
  })

  it('leaves the plugin as it was where what is written does not do', async () => {
    await start(false)
    const plugin = await host.load(file, { isolation } as LoadOptions)
    await host.watch(plugin, pathToFileURL(file))
    await write('no component')
    await heard('updateFailed')
    expect(events.at(-1)).toMatchObject({ plugin: 'shop', error: { code: 'NOT_WASM' } })
    await replace(2, { addend: 's32' })
    await heard('updateFailed', 2)
    expect(events.at(-1)).toMatchObject({ error: { code: 'UPDATE_MISFIT' } })
    expect(await plugin.exports[API].version()).toBe(1)
    await rm(file)
    await replace(3)
    await heard('updated')
    expect(await plugin.exports[API].version()).toBe(3)
  })
})

it('is what the plugin runs when watching begins, whatever was loaded', async () => {
  await start(false)
  const plugin = await host.load(file)
  await replace(2)
  await host.watch(plugin, file)
  expect(await plugin.exports[API].version()).toBe(2)
  await rm(file)
  await host.watch(plugin, file)
  expect(events.at(-1)).toMatchObject({ type: 'updateFailed', error: { code: 'FILE_NOT_FOUND' } })
})

it('watches each file that is loaded, of a host for development', async () => {
  await start(true)
  const plugin = await host.load(file)
  await host.load(await build({ version: 1 }), { name: 'bytes' })
  await replace(2)
  await heard('updated')
  expect(await plugin.exports[API].version()).toBe(2)
})

it('does so below `wasm-plugin dev` too', async () => {
  vi.stubEnv('WASM_PLUGIN_DEV', '1')
  host = await createHost({ imports: { wait: () => {} } })
  vi.unstubAllEnvs()
  const plugin = await host.load(file)
  await replace(2)
  await expect.poll(() => plugin.exports[API].version(), { timeout: 20_000 }).toBe(2)
})

it('loses no call, and keeps what the plugin has of an unchanged file', async () => {
  await start(true)
  const plugin = await host.load(file)
  const { add } = plugin.exports[API]
  expect(await add(1)).toBe(1)
  await utimes(file, 1, 1)
  let calls = 0
  const calling = (async () => {
    while (count('updated') === 0) {
      await add(1)
      calls++
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  })()
  await expect.poll(() => calls, { timeout: 20_000 }).toBeGreaterThan(300)
  expect(await add(0)).toBeGreaterThan(300)
  await replace(2)
  await calling
  expect(plugin.stats.failures).toBe(0)
})

it('ends with the plugin, and when it is told to', async () => {
  await start(false)
  const plugin = await host.load(file)
  const stop = await host.watch(plugin, file)
  const other = await host.load(file, { name: 'other' })
  await host.watch(other, file)
  stop()
  await replace(2)
  await heard('updated')
  expect(events.at(-1)).toMatchObject({ plugin: 'other' })
  await Promise.all([plugin.close(), other.close()])
  await expect(host.watch(plugin, file)).rejects.toMatchObject({ code: 'PLUGIN_CLOSED' })
})

it('warns where nobody hears of a failure', async () => {
  host = await createHost({ imports: { wait: () => {} }, dev: true })
  await host.load(file)
  const warned = new Promise<Error>((resolve) => process.once('warning', resolve))
  await write('no component')
  expect((await warned).message).toMatch(/^plugin "shop" runs on as it was: /)
})
