import {
  createHost,
  type FaultEvent,
  type Host,
  type HostEvent,
  type Isolation,
  type LoadOptions,
  type Plugin,
  PluginError,
  type RestartOptions,
} from '@wasm-plugin/host'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { API, build } from './helpers/builds.js'

/** Milliseconds that no test waits for. */
const LONG = 3_600_000

let host: Host
let events: string[]

beforeEach(async () => {
  events = []
  host = await createHost({ imports: { wait() {} } })
  const note = ({ type }: HostEvent) => events.push(type)
  host.on('event', note)
})
afterEach(() => host.close())

async function load(restart: Partial<RestartOptions>, isolation: Isolation = 'worker'): Promise<Plugin> {
  return (await host.load(await build({ version: 1 }), { restart, isolation } as LoadOptions)) as Plugin
}

/** What a function gave, or the code that it failed with. */
async function outcome(call: () => unknown): Promise<unknown> {
  try {
    return await call()
  } catch (error) {
    return PluginError.is(error) ? error.code : error
  }
}

const told = () => events.filter((type) => type === 'suspended' || type === 'resumed' || type === 'closed')

describe.each<Isolation>(['worker', 'inline'])('a plugin that keeps failing (%s)', (isolation) => {
  it('is suspended after so many instances within a minute', async () => {
    const plugin = await load({ maxPerMinute: 2, backoffMs: LONG }, isolation)
    const { fault, version } = plugin.exports[API]
    for (let i = 0; i < 2; i++) expect(await outcome(fault)).toBe('GUEST_TRAP')
    expect(await outcome(version)).toBe(1)
    expect(told()).toEqual([])
    expect(await outcome(fault)).toBe('GUEST_TRAP')
    expect(told()).toEqual(['suspended'])
    expect(await outcome(version)).toBe('PLUGIN_SUSPENDED')
    const error: PluginError = await (async () => plugin.call(`${API}#version`))().then(
      () => expect.fail('it took a call'),
      (error) => error,
    )
    expect(error).toMatchObject({ code: 'PLUGIN_SUSPENDED', origin: 'plugin', plugin: expect.any(String) })
    expect((error.data as { retryMs: number }).retryMs).toBeGreaterThan(LONG / 2)
    await plugin.close()
    expect(await outcome(version)).toBe('PLUGIN_CLOSED')
  })

  it('lets one call in that decides, and others when that went well', async () => {
    const plugin = await load({ maxPerMinute: 0, backoffMs: 1 }, isolation)
    const { fault, version } = plugin.exports[API]
    expect(await outcome(fault)).toBe('GUEST_TRAP')
    // The one that is let in fails, and the plugin is suspended for longer.
    await vi.waitFor(async () => expect(await outcome(fault)).toBe('GUEST_TRAP'))
    expect(told()).toEqual(['suspended', 'suspended'])
    await vi.waitFor(async () => expect(await outcome(version)).toBe(1))
    expect(await outcome(version)).toBe(1)
    expect(told()).toEqual(['suspended', 'suspended', 'resumed'])
  })

  it('does not count what is wrong with a call', async () => {
    const plugin = await load({ maxPerMinute: 0, backoffMs: 1 }, isolation)
    const { add, fault, version } = plugin.exports[API]
    expect(await outcome(() => add('one'))).toBe('TYPE_MISMATCH')
    expect(await outcome(version)).toBe(1)
    await outcome(fault)
    // Nor does that decide anything where a call is let in.
    await vi.waitFor(async () => expect(await outcome(() => add('one'))).toBe('TYPE_MISMATCH'))
    expect(told()).toEqual(['suspended'])
    await vi.waitFor(async () => expect(await outcome(version)).toBe(1))
  })

  it('is closed where the application wants that', async () => {
    const plugin = await load({ maxPerMinute: 0, onExhausted: 'unload' }, isolation)
    await outcome(plugin.exports[API].fault)
    await vi.waitFor(() => expect(told()).toEqual(['suspended', 'closed']))
    expect(await outcome(plugin.exports[API].version)).toBe('PLUGIN_CLOSED')
    expect(host.plugins.size).toBe(0)
  })

  it('begins anew with an update', async () => {
    const plugin = await load({ maxPerMinute: 0, backoffMs: LONG }, isolation)
    await outcome(plugin.exports[API].fault)
    expect(await outcome(plugin.exports[API].version)).toBe('PLUGIN_SUSPENDED')
    await plugin.update(await build({ version: 2 }))
    expect(await outcome(plugin.exports[API].version)).toBe(2)
  })
})

it('refuses the calls that wait when it is suspended', async () => {
  const plugin = await load({ maxPerMinute: 1, backoffMs: LONG })
  const outcomes = await Promise.all(Array.from({ length: 300 }, () => outcome(plugin.exports[API].fault)))
  const traps = outcomes.filter((code) => code === 'GUEST_TRAP').length
  // Those that the thread had in its reach it may have run by then.
  expect(traps).toBeLessThan(100)
  expect(outcomes.filter((code) => code === 'PLUGIN_SUSPENDED')).toHaveLength(300 - traps)
})

it.each<Isolation>(['worker', 'inline'])('counts instances that do not start (%s)', async (isolation) => {
  const faults: FaultEvent[] = []
  host.on('fault', (event) => faults.push(event))
  let starts = 0
  const plugin = (await host.load(await build({ version: 1, asksWhetherBroken: true }), {
    imports: { isBroken: () => ++starts > 1 },
    restart: { maxPerMinute: 2, backoffMs: LONG },
    isolation,
  } as LoadOptions)) as Plugin
  const { fault, version } = plugin.exports[API]
  const outcomes = [
    await outcome(fault),
    await outcome(version),
    await outcome(version),
    await outcome(version),
  ]
  expect(outcomes).toEqual(['GUEST_TRAP', 'GUEST_TRAP', 'GUEST_TRAP', 'PLUGIN_SUSPENDED'])
  expect(faults).toHaveLength(3)
  expect(plugin.stats).toMatchObject({ calls: 3, failures: 3 })
  expect(starts).toBe(3)
})

describe('in the place of a suspended plugin in threads', () => {
  it('a function of the application answers, or fails', async () => {
    const onExhausted = vi.fn<Extract<RestartOptions['onExhausted'], (call: never) => unknown>>(
      ({ args }) => {
        if (args.length === 0) throw new Error('nothing to add')
        return args[0]
      },
    )
    const plugin = await load({ maxPerMinute: 0, backoffMs: LONG, onExhausted })
    const { add, fault } = plugin.exports[API]
    expect(await add(1)).toBe(1)
    await outcome(fault)
    expect(await add(41)).toBe(41)
    expect(await plugin.call(`${API}#add`, [42])).toBe(42)
    await expect(plugin.exports[API].version()).rejects.toThrow('nothing to add')
    expect(onExhausted.mock.calls[0]).toEqual([{ export: `${API}@1.0.0#add`, args: [41] }])
  })

  it('lets one of many calls in', async () => {
    const plugin = await load({ maxPerMinute: 0, backoffMs: 1 })
    const { fault, spin } = plugin.exports[API]
    await outcome(fault)
    const short = plugin.with({ timeoutMs: 50 }).exports[API]
    await vi.waitFor(async () => {
      const outcomes = await Promise.all([1, 2, 3].map(() => outcome(short.spin)))
      expect(outcomes.sort()).toEqual(['DEADLINE_EXCEEDED', 'PLUGIN_SUSPENDED', 'PLUGIN_SUSPENDED'])
    })
    expect(spin).toBeTypeOf('function')
  })
})

it.each<[string, object]>([
  ['load.restart.maxPerMinute', { restart: { maxPerMinute: -1 } }],
  ['load.restart.onExhausted', { restart: { onExhausted: 'fail-open' } }],
  ['load.restart.onExhausted', { restart: { onExhausted: () => 0 }, isolation: 'inline' }],
])('says what is wrong with %s', async (path, options) => {
  await expect(host.load(await build({ version: 1 }), options)).rejects.toMatchObject({
    code: 'OPTIONS_INVALID',
    data: { path },
  })
})

it('reports every end of an instance as a fault', async () => {
  const faults: FaultEvent[] = []
  host.on('fault', (event) => faults.push(event))
  const plugin = await load({ maxPerMinute: 0, backoffMs: LONG })
  await outcome(plugin.exports[API].fault)
  await outcome(plugin.exports[API].version)
  expect(faults.map(({ kind }) => kind)).toEqual(['trap'])
})
