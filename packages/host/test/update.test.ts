import {
  createHost,
  type Host,
  type InlinePlugin,
  type Isolation,
  type LoadOptions,
  type Plugin,
  PluginError,
  type RolledBackEvent,
  type UpdatedEvent,
  type UpdateOptions,
} from '@wasm-plugin/host'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { attack } from './helpers/attack.js'
import { API, build } from './helpers/builds.js'
import { assemble } from './helpers/guests.js'

const ITEMS = 'test:shop/items'
const READ = { at: '/data', access: 'read', reason: 'Reads data.' } as const
const WRITE = { at: '/data', access: 'read-write', reason: 'Writes data.' } as const

let host: Host
/** Calls of `wait` that the plugin waits for. */
let waiting: (() => void)[]

beforeEach(async () => {
  waiting = []
  host = await createHost()
})
afterEach(() => host.close())

const imports = {
  wait: (turns: number) =>
    turns === 0 ? undefined : new Promise<void>((resolve) => waiting.push(() => resolve())),
}

async function load(source: Uint8Array, options: LoadOptions = {}): Promise<Plugin> {
  return (await host.load(source, { name: 'shop', imports, ...options } as LoadOptions)) as Plugin
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no failure',
    (error) => (PluginError.is(error) ? error.code : String(error)),
  )
}

/** Resolves when so many calls wait for the application. */
const called = (count: number) => vi.waitFor(() => expect(waiting).toHaveLength(count))

describe.each<Isolation>(['worker', 'inline'])('update (%s)', (isolation) => {
  const loaded = (source: Uint8Array, options: LoadOptions = {}) =>
    load(source, { isolation, ...options } as LoadOptions)

  it('leads every function that the application holds to the new build', async () => {
    const updated = vi.fn<(event: UpdatedEvent) => void>()
    host.on('updated', updated)
    const plugin = await loaded(await build({ version: 1 }))
    const { digest } = plugin
    const { version } = plugin.exports[API]
    const api = plugin.exports[API]
    expect(await version()).toBe(1)

    await plugin.update(await build({ version: 2 }))

    expect(await Promise.all([version(), api.version(), plugin.exports[API].version()])).toEqual([2, 2, 2])
    expect(await plugin.call(`${API}#version`)).toBe(2)
    expect(plugin.digest).not.toBe(digest)
    expect(plugin.stats).toMatchObject({ calls: 5, failures: 0 })
    expect(host.plugins.get('shop')).toBe(plugin)
    expect(updated.mock.calls).toEqual([
      [{ plugin: 'shop', digest: plugin.digest, before: digest, durationMs: expect.any(Number) }],
    ])
  })

  it('takes a newer compatible version of an interface, and what it has more', async () => {
    const plugin = await loaded(await build({ version: 1 }))
    const { version } = plugin.exports[`${API}@1.0.0`]
    await plugin.update(
      await build({ version: 2, contract: '1.2.0', exports: '(export "latest" (func $version))' }),
    )
    expect(await version()).toBe(2)
    expect(await plugin.exports[API].latest()).toBe(2)
    expect(await plugin.exports[`${API}@1.2.0`].latest()).toBe(2)
  })

  it('refuses a build that does not fit, or cannot start, and goes on', async () => {
    const plugin = await loaded(await build({ version: 1 }))
    const before = plugin.digest
    const nothing = await assemble('(component)')
    const refusals = [
      [await build({ version: 2, contract: '2.0.0' }), 'UPDATE_MISFIT'],
      [await build({ version: 2, addend: 's32' }), 'UPDATE_MISFIT'],
      [nothing, 'UPDATE_MISFIT'],
      [await build({ version: 2, isBroken: true }), 'GUEST_TRAP'],
      [
        await build({ version: 2, imports: '(import "test:more/api" (instance (export "f" (func))))' }),
        'IMPORT_NOT_GRANTED',
      ],
      [new TextEncoder().encode('no plugin'), 'NOT_WASM'],
      ['no/such/file.wasm', 'FILE_NOT_FOUND'],
    ] as const
    for (const [source, code] of refusals) expect(await codeOf(plugin.update(source))).toBe(code)
    await expect(plugin.update(nothing)).rejects.toMatchObject({
      plugin: 'shop',
      data: { name: `${API}@1.0.0#version`, difference: 'missing' },
    })
    expect(await codeOf(plugin.update(nothing, { integrity: before }))).toBe('INTEGRITY_MISMATCH')
    expect(await plugin.exports[API].version()).toBe(1)
    expect(plugin.digest).toBe(before)
  })

  it.each<[string, object]>([
    ['update', { chek: () => {} }],
    ['update.check', { check: 1 }],
    ['update.rollback.faults', { rollback: { faults: 2 } }],
    ['update.handOver.restore', { handOver: { save: 'a' } }],
    ['update.drainMs', { drainMs: -1 }],
  ])('says which option is wrong: %s', async (path, options) => {
    const plugin = await loaded(await build({ version: 1 }))
    await expect(plugin.update(await build({ version: 2 }), options)).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      data: { path },
    })
  })

  it('asks the application before a build takes over', async () => {
    const plugin = await loaded(await build({ version: 1 }))
    const seen: unknown[] = []
    const check = async (next: Record<string, Record<string, () => unknown>>) => {
      seen.push(await next[API]?.version?.(), await plugin.exports[API].version())
      if (seen.length === 2) throw new Error('not yet')
    }
    const next = await build({ version: 2 })
    await expect(plugin.update(next, { check })).rejects.toMatchObject({
      code: 'UPDATE_CHECK_FAILED',
      data: { step: 'check' },
      cause: { message: 'not yet' },
    })
    expect(await plugin.exports[API].version()).toBe(1)
    await plugin.update(next, { check })
    expect(seen).toEqual([2, 1, 2, 1])
    expect(await plugin.exports[API].version()).toBe(2)
  })

  it('hands state over, and leaves it where it was when that fails', async () => {
    const plugin = await loaded(await build({ version: 1 }))
    const { add } = plugin.exports[API]
    await add(20)
    const handOver = { save: `${API}#save`, restore: `${API}#restore` }
    await plugin.update(await build({ version: 2 }), { handOver })
    expect(await add(1)).toBe(21)
    const failing = plugin.update(await build({ version: 3 }), {
      handOver: { ...handOver, restore: `${API}#fault` },
    })
    await expect(failing).rejects.toMatchObject({ code: 'UPDATE_CHECK_FAILED', data: { step: 'restore' } })
    expect(await add(1)).toBe(22)
  })

  it('comes back to the build before when the new one fails too often', async () => {
    const rolledBack = vi.fn<(event: RolledBackEvent) => void>()
    host.on('rolledBack', rolledBack)
    const plugin = await loaded(await build({ version: 1 }))
    const { digest } = plugin
    const { add, fault, version } = plugin.exports[API]
    await add(7)
    const rollback = { calls: 4, faults: 0.3 }
    await plugin.update(await build({ version: 2, exports: '(export "latest" (func $version))' }), {
      rollback,
    })
    const failed = plugin.digest
    const { latest } = plugin.exports[API]
    const faulty = async () => codeOf((async () => fault())())
    expect([await faulty(), await version(), await version(), await latest()]).toEqual([
      'GUEST_TRAP',
      2,
      2,
      2,
    ])
    expect(rolledBack).not.toHaveBeenCalled()
    expect([await faulty(), await version()]).toEqual(['GUEST_TRAP', 1])

    expect(rolledBack.mock.calls).toEqual([[{ plugin: 'shop', digest, failed, calls: 5, faults: 2 }]])
    expect(plugin.digest).toBe(digest)
    // It kept what it had, and has no more than it had.
    expect(await add(1)).toBe(8)
    expect(await codeOf((async () => latest())())).toBe('UNKNOWN_EXPORT')
  })

  it('ends objects of resources with their build, and makes new ones in the new one', async () => {
    const plugin = await loaded(await build({ version: 1 }))
    const items = plugin.exports[ITEMS]
    const old = new items.Item()
    expect(await old.worth()).toBe(1)
    await plugin.update(await build({ version: 2 }))
    const made = new items.Item()
    expect(await made.worth()).toBe(2)
    await vi.waitFor(async () =>
      expect(await codeOf((async () => old.worth())())).toMatch(/PLUGIN_REPLACED|RESOURCE_UNREACHABLE/),
    )
  })

  it('makes updates one after the other', async () => {
    const plugin = await loaded(await build({ version: 1 }))
    const order: string[] = []
    host.on('updated', ({ digest }) => order.push(digest))
    const builds = await Promise.all([2, 3, 4].map((version) => build({ version })))
    await Promise.all(builds.map((next) => plugin.update(next)))
    expect(new Set(order).size).toBe(3)
    expect(order.at(-1)).toBe(plugin.digest)
    expect(await plugin.exports[API].version()).toBe(4)
  })

  it('gives up when it is aborted, or when the plugin is closed', async () => {
    const plugin = await loaded(await build({ version: 1 }))
    const next = await build({ version: 2 })
    const hang = () => new Promise<void>(() => {})
    const controller = new AbortController()
    const aborted = plugin.update(next, { signal: controller.signal, check: hang })
    controller.abort()
    expect(await codeOf(aborted)).toBe('LOAD_ABORTED')
    expect(await plugin.exports[API].version()).toBe(1)
    const ended = Promise.all([codeOf(plugin.update(next, { check: hang })), codeOf(plugin.update(next))])
    await plugin.close()
    expect(await ended).toEqual(['PLUGIN_CLOSED', 'PLUGIN_CLOSED'])
    expect(await codeOf(plugin.update(next))).toBe('PLUGIN_CLOSED')
  })

  describe('grants', () => {
    const grants = { fs: [{ scratch: true as const, at: '/data' }], env: { KEY: 'k' } }

    it('refuses a build that asks for more before anything of it runs, and takes it with consent', async () => {
      const plugin = await loaded(await build({ version: 1, asks: { fs: [READ] } }), { grants })
      const asks = { fs: [WRITE], env: [{ key: 'KEY', reason: 'Uses it.' }] }
      // It would trap when it is started.
      await expect(plugin.update(await build({ version: 2, asks, isBroken: true }))).rejects.toMatchObject({
        code: 'UPDATE_ASKS_MORE',
        origin: 'plugin',
        data: {
          more: ['read-write of "/data"', 'the variable "KEY"'],
          requests: { fs: [WRITE], net: [], env: asks.env },
        },
      })
      await plugin.update(await build({ version: 2, asks }), { grants })
      expect(await plugin.exports[API].version()).toBe(2)
      expect(plugin.grants.rules).toContain('env KEY')
      // With no manifest it would have everything.
      await expect(plugin.update(await build({ version: 3 }))).rejects.toMatchObject({
        code: 'UPDATE_ASKS_MORE',
        data: { more: ['everything that is granted'] },
      })
    })

    it('refuses a build that imports more of the application', async () => {
      const more = { 'test:more/api': { f() {} } }
      const plugin = await loaded(await build({ version: 1 }), { imports: { ...imports, ...more } })
      const next = await build({
        version: 2,
        imports: '(import "test:more/api" (instance (export "f" (func))))',
      })
      await expect(plugin.update(next)).rejects.toMatchObject({
        code: 'UPDATE_ASKS_MORE',
        data: { imports: ['test:more/api'] },
      })
      await plugin.update(next, { grants: {} })
      expect(await plugin.exports[API].version()).toBe(2)
    })

    attack(
      'C27',
      'get back what was revoked by being updated',
      'the update has to say what is granted',
      async () => {
        const plugin = await loaded(
          await build({ version: 1, asks: { env: [{ key: 'KEY', reason: 'Uses it.' }] } }),
          {
            grants,
          },
        )
        expect(plugin.revoke('env KEY')).toBe(1)
        const next = await build({ version: 2, asks: { env: [{ key: 'KEY', reason: 'Uses it.' }] } })
        expect(await codeOf(plugin.update(next))).toBe('UPDATE_NEEDS_GRANTS')
        await plugin.update(next, { grants: { fs: grants.fs } })
        expect(plugin.grants.rules).not.toContain('env KEY')
      },
    )
  })
})

describe.each<Isolation>(['worker', 'inline'])('what an update must not do (%s)', (isolation) => {
  const asks = { env: [{ key: 'KEY', reason: 'Uses it.' }] }
  const grants = { env: { KEY: 'k' } }
  const loaded = async (options: LoadOptions = {}) =>
    load(await build({ version: 1, asks }), { isolation, grants, ...options } as LoadOptions)

  attack('C29', 'get back what is revoked while it is being updated', 'the update is refused', async () => {
    const plugin = await loaded()
    const next = await build({ version: 2, asks })
    for (const options of [{}, { grants }]) {
      const update = plugin.update(next, { ...options, check: () => void plugin.revoke('env') })
      expect(await codeOf(update)).toBe('UPDATE_NEEDS_GRANTS')
    }
    // One that waits for another is meant too.
    const updates = [plugin.update(next, { grants }), plugin.update(next, { grants })].map(codeOf)
    plugin.revoke('env')
    expect(await Promise.all(updates)).toEqual(['UPDATE_NEEDS_GRANTS', 'UPDATE_NEEDS_GRANTS'])
    expect(plugin.grants.rules).not.toContain('env KEY')
  })

  it('comes back from a build that is worse, also when grants were taken back meanwhile', async () => {
    const plugin = await loaded()
    await plugin.update(await build({ version: 2, asks }), { rollback: { calls: 1 } })
    plugin.narrow({})
    plugin.revoke('env')
    expect(await codeOf((async () => plugin.exports[API].fault())())).toBe('GUEST_TRAP')
    expect(await plugin.exports[API].version()).toBe(1)
    // What was taken back is taken back there too.
    expect(plugin.grants.rules).not.toContain('env KEY')
  })

  it('suspends nobody for what a build does while it is checked', async () => {
    const told: string[] = []
    host.on('suspended', () => told.push('suspended'))
    const plugin = await loaded({ restart: { maxPerMinute: 1, onExhausted: 'unload' } })
    const fail = async (exports: Record<string, Record<string, () => unknown>>) => {
      for (let i = 0; i < 4; i++) await codeOf((async () => exports[API]?.fault?.())())
    }
    await plugin.update(await build({ version: 2, asks }), { check: fail })
    expect(await plugin.exports[API].version()).toBe(2)
    expect(told).toEqual([])
  })

  it('goes back rather than being suspended', async () => {
    const plugin = await loaded({ restart: { maxPerMinute: 1, onExhausted: 'unload' } })
    await plugin.update(await build({ version: 2, asks }), { rollback: {} })
    for (let i = 0; i < 2; i++) await codeOf((async () => plugin.exports[API].fault())())
    expect(await plugin.exports[API].version()).toBe(1)
  })

  it('is not gone back from for what the application does', async () => {
    const broken = { wait: () => 'no u32, and no promise of nothing' }
    const plugin = await loaded({ imports: broken as never })
    await plugin.update(await build({ version: 2, asks }), { rollback: { calls: 1 } })
    const { fault, version, wait } = plugin.exports[API]
    await codeOf((async () => wait(0))())
    expect(await version()).toBe(2)
    expect(await codeOf((async () => fault())())).toBe('GUEST_TRAP')
  })

  it('waits for a check that waits for an update no longer than a start may take', async () => {
    const plugin = await loaded({ limits: { startMs: 300 } })
    const next = await build({ version: 2, asks })
    const check = () => plugin.update(next)
    await expect(plugin.update(next, { check })).rejects.toMatchObject({
      code: 'UPDATE_CHECK_FAILED',
      cause: { code: 'DEADLINE_EXCEEDED', data: { limit: 'startMs' } },
    })
    // The one that it waited for is made all the same.
    await vi.waitFor(async () => expect(await plugin.exports[API].version()).toBe(2))
  })

  it('blames the application for the name of an export that is not there', async () => {
    const plugin = await loaded()
    const next = await build({ version: 2, asks })
    for (const handOver of [
      { save: 'no', restore: `${API}#restore` },
      { save: `${API}#save`, restore: 'no' },
    ])
      expect(await codeOf(plugin.update(next, { handOver }))).toBe('UNKNOWN_EXPORT')
  })

  it('keeps names of an older version', async () => {
    const plugin = await loaded()
    await plugin.update(await build({ version: 2, asks, contract: '1.2.0' }))
    expect(await plugin.call(`${API}@1.0.0#version`)).toBe(2)
    expect(await plugin.exports[`${API}@1.0.0`].version()).toBe(2)
    if (isolation === 'worker')
      expect(await plugin.with({ timeoutMs: 1_000 }).exports[`${API}@1.0.0`].version()).toBe(2)
  })
})

describe('calls that wait for state to be handed over', () => {
  const handOver = { save: `${API}#wait-and-save`, restore: `${API}#restore` }
  const saving = '(export "wait-and-save" (func $wait-and-save))'

  it('keep their deadlines and signals, and get time to end', async () => {
    const plugin = await load(await build({ version: 1, exports: saving }))
    const update = codeOf(plugin.update(await build({ version: 2, exports: saving }), { handOver }))
    await called(1)
    const controller = new AbortController()
    const calls = [
      codeOf(plugin.with({ timeoutMs: 1 }).exports[API].version()),
      codeOf(plugin.call(`${API}#version`, [], { signal: controller.signal })),
      codeOf(plugin.call(`${API}#version`, [], { signal: AbortSignal.abort() })),
    ]
    controller.abort()
    expect(await Promise.all(calls)).toEqual(['DEADLINE_EXCEEDED', 'CALL_ABORTED', 'CALL_ABORTED'])
    const waits = plugin.exports[API].version()
    const closed = plugin.close({ drainMs: 60_000 })
    waiting[0]?.()
    expect(await waits).toBe(1)
    expect(await update).toBe('PLUGIN_CLOSED')
    await closed
  })

  it('are told apart from those that it waits for', async () => {
    let nested: Promise<string> | undefined
    const own = await createHost({
      imports: {
        wait: () => {
          nested ??= codeOf(own.plugins.get('shop')?.call(`${API}#version`) as Promise<unknown>)
          return nested
        },
      },
    })
    const plugin = await own.load(await build({ version: 1, exports: saving }), { name: 'shop' })
    await codeOf(plugin.update(await build({ version: 2, exports: saving }), { handOver }))
    expect(await nested).toBe('CALL_DEADLOCK')
    await own.close()
  })
})

describe('calls that run while a plugin in threads is updated', () => {
  it('end in the build that they began in', async () => {
    const plugin = await load(await build({ version: 1 }), { pool: { instances: 2 } })
    const { wait, version } = plugin.exports[API]
    const [first, second] = [wait(1), wait(1)]
    const queued = version()
    await called(2)
    await plugin.update(await build({ version: 2 }))
    expect(await version()).toBe(2)
    for (const resolve of waiting) resolve()
    expect(await Promise.all([first, second, queued])).toEqual([1, 1, 1])
  })

  it('end early after `drainMs`', async () => {
    const plugin = await load(await build({ version: 1 }))
    const running = codeOf(plugin.exports[API].wait(1))
    await called(1)
    await plugin.update(await build({ version: 2 }), { drainMs: 1 })
    expect(await running).toBe('PLUGIN_REPLACED')
    expect(await plugin.exports[API].version()).toBe(2)
  })

  it('are waited for before state is handed over, and new ones wait too', async () => {
    const plugin = await load(await build({ version: 1 }))
    const { add, wait } = plugin.exports[API]
    await add(1)
    const running = wait(1)
    await called(1)
    let isPaused = () => {}
    const started = new Promise<void>((resolve) => {
      isPaused = resolve
    })
    const update = plugin.update(await build({ version: 2 }), {
      check: () => isPaused(),
      handOver: { save: `${API}#save`, restore: `${API}#restore` },
    })
    await started
    // Whichever build it comes to, it comes after what was there.
    const added = add(10)
    waiting[0]?.()
    await update
    expect([await running, await added, await add(100)]).toEqual([1, 11, 111])
  })

  attack(
    'C28',
    'keep grants in a build that an update replaced',
    'its calls end when grants are taken back',
    async () => {
      const plugin = await load(await build({ version: 1 }), { grants: { env: { KEY: 'k' } } })
      const running = codeOf(plugin.exports[API].wait(1))
      await called(1)
      await plugin.update(await build({ version: 2 }))
      plugin.revoke('env KEY')
      expect(await running).toBe('PLUGIN_REPLACED')
    },
  )

  it('are ended by `close`', async () => {
    const plugin = await load(await build({ version: 1 }))
    const running = codeOf(plugin.exports[API].wait(1))
    await called(1)
    await plugin.update(await build({ version: 2 }), { rollback: {} })
    await plugin.close()
    expect(await running).toBe('PLUGIN_CLOSED')
  })
})

describe('an end that calls get time for', () => {
  it('lets calls that run and wait end, and refuses new ones', async () => {
    const plugin = await load(await build({ version: 1 }))
    const { wait, version } = plugin.exports[API]
    const running = wait(1)
    const queued = version()
    await called(1)
    const closed = plugin.close({ drainMs: 60_000 })
    expect(await codeOf(version())).toBe('PLUGIN_CLOSED')
    waiting[0]?.()
    expect(await Promise.all([running, queued])).toEqual([1, 1])
    await closed
    expect(host.plugins.size).toBe(0)
  })

  it('ends what takes longer', async () => {
    const plugin = await load(await build({ version: 1 }))
    const running = codeOf(plugin.exports[API].spin())
    await plugin.close({ drainMs: 1 })
    expect(await running).toBe('PLUGIN_CLOSED')
  })

  it('is that of the host, and of one plugin by its name', async () => {
    await load(await build({ version: 1 }))
    expect(await host.unload('shop')).toBe(true)
    expect(await host.unload('shop')).toBe(false)
    const plugin = await load(await build({ version: 1 }))
    const running = plugin.exports[API].wait(1)
    await called(1)
    const closed = host.close({ drainMs: 60_000 })
    waiting[0]?.()
    expect(await running).toBe(1)
    await closed
  })

  it('has options that are checked', async () => {
    const plugin = await load(await build({ version: 1 }))
    for (const close of [
      plugin.close({ drain: 1 } as never),
      host.close({ drainMs: 0.5 }),
      host.unload('shop', 1 as never),
    ])
      expect(await codeOf(close)).toBe('OPTIONS_INVALID')
    expect(await plugin.exports[API].version()).toBe(1)
  })
})

it('types the exports that a check is given, as they are called', async () => {
  type Check<P extends { update: (source: string, options?: never) => unknown }> = Parameters<P['update']>[1]
  const options: UpdateOptions<{ a(): Promise<number> }> = { check: async ({ a }) => (await a()) === 1 }
  const inline: NonNullable<Check<InlinePlugin<{ a(): Promise<number> }>>> = options as never
  expect(inline).toBe(options)
})
