// On every Node: threads, and how they end.
import { getEventListeners } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type CallEvent,
  ComponentError,
  createHost,
  type FaultEvent,
  type Host,
  type HostEvent,
  PluginError,
} from '@wasm-plugin/host'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { assemble, guest } from './helpers/guests.js'

const API = 'test:kitchen/api'
let kitchen: Uint8Array
let host: Host
const said: string[] = []

/** Host functions, one synchronous and one not. */
const imports = {
  'test:kitchen/host': {
    say: (message: string) => void said.push(message),
    async lookUp(key: string) {
      await new Promise((resolve) => setTimeout(resolve, 5))
      if (key === 'missing') throw new ComponentError(`no ${key}`)
      if (key === 'broken') throw new Error('the database is gone')
      if (key === 'wrong') return 42
      return `value of ${key}`
    },
  },
}

/** The same, and a promise of the first that the plugin says. */
function listening() {
  let say!: (message: string) => void
  const spoken = new Promise<string>((resolve) => {
    say = resolve
  })
  return { spoken, imports: { 'test:kitchen/host': { ...imports['test:kitchen/host'], say } } }
}

beforeAll(async () => {
  kitchen = await guest('kitchen')
})
beforeEach(async () => {
  said.length = 0
  host = await createHost()
})
afterEach(() => host.close())

async function failureOf(promise: Promise<unknown>): Promise<PluginError> {
  const error = await promise.then(
    (value) => expect.fail(`expected a failure, got ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  )
  if (!PluginError.is(error)) throw error
  return error
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await failureOf(promise)
  expect(error.hint, error.code).not.toBe('')
  return error.code
}

describe('a call', () => {
  it('reaches an export by interface, with and without the version', async () => {
    const plugin = await host.load(kitchen, { imports })
    expect(await plugin.exports[API].add(2, 3)).toBe(5)
    expect(await plugin.exports[`${API}@1.2.0`].echo('grüße 😀')).toBe('grüße 😀')
    expect(await plugin.call(`${API}#echo`, ['x'])).toBe('x')
    expect(await plugin.call(`${API}@1.2.0#look-up`, ['a'])).toBe('value of a')
    expect(await plugin.call('world-add', [1, 2])).toBe(3)
  })

  it('takes a deadline and a signal of its own, by name and by export', async () => {
    const plugin = await host.load(kitchen, {
      imports: { 'test:kitchen/host': { say() {}, lookUp: () => new Promise(() => {}) } },
    })
    const within = plugin.with({ timeoutMs: 50 }).exports[API]
    expect(await codeOf(within.lookUp('x'))).toBe('DEADLINE_EXCEEDED')
    const stop = new AbortController()
    const waiting = plugin.with({ signal: stop.signal }).exports[API].lookUp('x')
    stop.abort()
    expect(await codeOf(waiting)).toBe('CALL_ABORTED')
    expect(await plugin.with({ timeoutMs: 60_000 }).exports[API].add(1, 2)).toBe(3)
    expect(() => plugin.with({ timeout: 1 } as never)).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID' }),
    )
  })

  it('keeps the state of the instance between calls', async () => {
    const plugin = await host.load(kitchen, { imports })
    expect(await plugin.exports[API].count()).toBe(1)
    expect(await plugin.exports[API].count()).toBe(2)
  })

  it('runs host functions, synchronous and asynchronous', async () => {
    const plugin = await host.load(kitchen, { imports })
    await plugin.exports[API].say('hello')
    expect(said).toEqual(['hello'])
    expect(await plugin.exports[API].lookUp('key')).toBe('value of key')
  })

  it('rejects with a ComponentError for the err of a result, and stays usable', async () => {
    const plugin = await host.load(kitchen, { imports })
    await plugin.exports[API].count()
    const error = await plugin.exports[API].lookUp('missing').catch((e: unknown) => e)
    expect(ComponentError.is(error)).toBe(true)
    expect(error.payload).toBe('no missing')
    expect(await plugin.exports[API].count()).toBe(2)
    expect(plugin.stats.failures).toBe(0)
  })

  it('reports a host function that throws, and gives the next call a fresh instance', async () => {
    const plugin = await host.load(kitchen, { imports })
    await plugin.exports[API].count()
    const error = await plugin.exports[API].lookUp('broken').catch((e: unknown) => e)
    expect(error).toMatchObject({ code: 'HOST_FUNCTION_FAILED', origin: 'app', plugin: 'plugin' })
    expect((error as Error).cause).toMatchObject({ message: 'the database is gone' })
    expect(await codeOf(plugin.exports[API].lookUp('wrong'))).toBe('HOST_FUNCTION_FAILED')
    expect(await plugin.exports[API].count()).toBe(1)
  })

  it('lets every listener hear what another one throws at', async () => {
    const heard: string[] = []
    const broken = () => {
      throw new Error('a broken listener')
    }
    const plugin = await host.load(kitchen, { imports })
    host.on('call', broken).on('event', broken)
    host.on('call', () => heard.push('call')).once('call', () => heard.push('once'))
    host.on('event', ({ type }) => heard.push(`event ${type}`))
    const thrown = await uncaught(3, async () => {
      expect(await plugin.exports[API].count()).toBe(1)
      host.off('call', broken)
      expect(await plugin.exports[API].count()).toBe(2)
    })
    expect(heard).toEqual(['call', 'once', 'event call', 'call', 'event call'])
    expect(thrown).toEqual(Array(3).fill('a broken listener'))
    host.off('event', broken)
    expect(() => host.on('call', 'no function' as never)).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID' }),
    )
  })

  it('queues calls of one instance and runs several instances side by side', async () => {
    let goOn = (_: string) => {}
    const answer = new Promise<string>((resolve) => {
      goOn = resolve
    })
    const waiting = { 'test:kitchen/host': { say() {}, lookUp: () => answer } }
    const one = await host.load(kitchen, { imports: waiting, name: 'one' })
    // As long as it is in there, nothing else is.
    const first = one.exports[API].lookUp('a')
    const answers = [1, 2, 3].map(() => one.exports[API].count())
    expect(one.stats.waiting).toBe(3)
    goOn('b')
    expect(await first).toBe('b')
    expect(await Promise.all(answers)).toEqual([1, 2, 3])
    expect(one.stats.waiting).toBe(0)
    let inside = 0
    let bothInside = () => {}
    const both = new Promise<void>((resolve) => {
      bothInside = resolve
    })
    const meeting = {
      'test:kitchen/host': {
        say() {},
        async lookUp() {
          if (++inside === 2) bothInside()
          await both
          return 'met'
        },
      },
    }
    const two = await host.load(kitchen, { imports: meeting, name: 'two', pool: { instances: 2 } })
    const meet = () => two.exports[API].lookUp('a')
    expect(await Promise.all([meet(), meet()])).toEqual(['met', 'met'])
  })

  it('is refused when the queue is full', async () => {
    const plugin = await host.load(kitchen, { imports, pool: { queue: 1 } })
    const calls = [1, 2, 3].map(() => plugin.exports[API].lookUp('a').catch((e: PluginError) => e.code))
    expect(await Promise.all(calls)).toEqual(['value of a', 'value of a', 'POOL_SATURATED'])
  })
})

describe('a plugin that misbehaves', () => {
  it('is ended at its deadline, and the next call works', async () => {
    const plugin = await host.load(kitchen, { imports, limits: { timeoutMs: 100 } })
    expect(await codeOf(plugin.exports[API].spin())).toBe('DEADLINE_EXCEEDED')
    expect(await plugin.call(`${API}#add`, [1, 1], { timeoutMs: 5_000 })).toBe(2)
  })

  it('is ended when the caller aborts', async () => {
    const { spoken, imports } = listening()
    const plugin = await host.load(kitchen, { imports })
    const abort = new AbortController()
    const call = plugin.call(`${API}#say-and-spin`, ['on'], { signal: abort.signal })
    void spoken.then(() => abort.abort())
    expect(await codeOf(call)).toBe('CALL_ABORTED')
    expect(await plugin.exports[API].add(1, 1)).toBe(2)
  })

  it.each([
    ['boom', 'GUEST_TRAP'],
    ['recurse', 'STACK_EXHAUSTED'],
    ['outOfBounds', 'ABI_TRAP'],
  ])('fails with its own code on %s and starts over', async (name, code) => {
    const plugin = await host.load(kitchen, { imports })
    await plugin.exports[API].count()
    expect(await codeOf(plugin.exports[API][name]())).toBe(code)
    expect(await plugin.exports[API].count()).toBe(1)
  })

  it('cannot grow its memory past the limit', async () => {
    const plugin = await host.load(kitchen, { imports, limits: { memoryBytes: 4 << 20 } })
    expect(await plugin.exports[API].grow(100)).toBe(-1)
    expect(await plugin.exports[API].grow(10)).toBeGreaterThan(0)
  })

  it('runs out of fuel and gets new fuel for the next call', async () => {
    const plugin = await host.load(kitchen, { imports, limits: { fuel: 100_000 } })
    expect(await codeOf(plugin.exports[API].spin())).toBe('OUT_OF_FUEL')
    expect(await plugin.exports[API].add(1, 2)).toBe(3)
  })

  it('does not disturb another plugin', async () => {
    const good = await host.load(kitchen, { imports, name: 'good' })
    const bad = await host.load(kitchen, { imports, name: 'bad', limits: { timeoutMs: 150 } })
    const spinning = codeOf(bad.exports[API].spin())
    expect(await good.exports[API].lookUp('x')).toBe('value of x')
    expect(await spinning).toBe('DEADLINE_EXCEEDED')
  })

  it('cannot make its exports a thenable of the host', async () => {
    const plugin = await host.load(kitchen, { imports })
    expect(Object.getPrototypeOf(plugin.exports)).toBeNull()
    expect(await plugin.call('then')).toBe(1)
  })
})

describe('bad input', () => {
  it('names a wrong argument by its path, and the instance stays usable', async () => {
    const plugin = await host.load(kitchen, { imports })
    await plugin.exports[API].count()
    const error = await plugin.exports[API].add(1, 'two').catch((e: unknown) => e)
    expect(error).toMatchObject({ code: 'TYPE_MISMATCH', origin: 'app' })
    expect(error.message).toMatch(/^add\(arg1\): expected u32/)
    expect(await plugin.exports[API].count()).toBe(2)
  })

  it('gives each mistake of a caller its own code', async () => {
    const plugin = await host.load(kitchen, { imports })
    expect(await codeOf(plugin.call('acme:other/api#add', []))).toBe('UNKNOWN_EXPORT')
    expect(await codeOf(plugin.call('constructor', []))).toBe('UNKNOWN_EXPORT')
    expect(await codeOf(plugin.exports[API].add(1))).toBe('ARGUMENT_COUNT')
    expect(await codeOf(plugin.exports[API].echo(() => 1))).toBe('TYPE_MISMATCH')
    expect(await codeOf(plugin.call(`${API}#count`, [], { timeoutMs: -1 }))).toBe('OPTIONS_INVALID')
    expect(await codeOf(plugin.call(`${API}#count`, [], { retries: 1 } as never))).toBe('OPTIONS_INVALID')
    await plugin.close()
    expect(await codeOf(plugin.exports[API].count())).toBe('PLUGIN_CLOSED')
  })

  it('wakes the plugin for an answer that throws what cannot be sent either', async () => {
    const answer = {
      get text() {
        throw new ComponentError(() => 1)
      },
    }
    const host = await createHost()
    const plugin = await host.load(kitchen, {
      imports: { 'test:kitchen/host': { say() {}, lookUp: () => answer as never } },
    })
    const api = plugin.exports[API]
    await expect(api.lookUp('a')).rejects.toMatchObject({ code: 'HOST_FUNCTION_FAILED' })
    expect(await api.add(2, 3)).toBe(5)
    await host.close()
  })

  it('gives each mistake of loading its own code, and the host lives on', async () => {
    const core = await assemble('(module)')
    expect(await codeOf(host.load('no/such/file.wasm'))).toBe('FILE_NOT_FOUND')
    expect(await codeOf(host.load(new URL('data:,x')))).toBe('SOURCE_UNREADABLE')
    expect(await codeOf(host.load(new TextEncoder().encode('not wasm at all')))).toBe('NOT_WASM')
    expect(await codeOf(host.load(core))).toBe('CORE_MODULE')
    expect(await codeOf(host.load(kitchen.subarray(0, kitchen.length - 7), { imports }))).toBe(
      'MALFORMED_COMPONENT',
    )
    expect(await codeOf(host.load(kitchen))).toBe('IMPORT_NOT_GRANTED')
    expect(await codeOf(host.load(kitchen, { imports: { 'test:kitchen/host': {} } }))).toBe(
      'HOST_FUNCTION_MISSING',
    )
    expect(await codeOf(host.load(kitchen, { imports, requires: ['acme:site/render'] }))).toBe(
      'CONTRACT_MISMATCH',
    )
    expect(await codeOf(host.load(kitchen, { imports, grant: {} } as never))).toBe('OPTIONS_INVALID')
    expect(await codeOf(host.load(kitchen, { imports, integrity: `sha256:${'0'.repeat(64)}` }))).toBe(
      'INTEGRITY_MISMATCH',
    )
    expect(await codeOf(host.load(kitchen, { imports, limits: { componentBytes: 100 } }))).toBe(
      'LIMIT_EXCEEDED',
    )
    const plugin = await host.load(kitchen, { imports, name: 'a' })
    expect(await codeOf(host.load(kitchen, { imports, name: 'a' }))).toBe('PLUGIN_NAME_TAKEN')
    expect([...host.plugins.keys()]).toEqual(['a'])
    expect(await plugin.exports[API].add(1, 1)).toBe(2)
  })

  it('names the missing import, who asks for it and what would provide it', async () => {
    const error = await host.load(kitchen, { name: 'k' }).catch((e: unknown) => e)
    expect((error as PluginError).message).toContain('"k" imports "test:kitchen/host@1.2.0"')
    expect((error as PluginError).hint).toContain('imports')
  })

  it('does not take functions from Object.prototype', async () => {
    const wat = `(component (import "a:b/c" (instance (export "to-string" (func (result string))))))`
    const bytes = await assemble(wat)
    expect(await codeOf(host.load(bytes, { imports: { 'a:b/c': {} } }))).toBe('HOST_FUNCTION_MISSING')
  })

  it('is refused by a closed host', async () => {
    await host.close()
    expect(await codeOf(host.load(kitchen, { imports }))).toBe('HOST_CLOSED')
  })
})

describe('loading', () => {
  it('reads a path and a file: URL, and names the plugin after the file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wasm-plugin-'))
    try {
      const path = join(folder, 'my-kitchen.wasm')
      await writeFile(path, kitchen)
      const plugin = await host.load(path, { imports })
      expect(plugin.name).toBe('my-kitchen')
      expect(plugin.digest).toMatch(/^sha256:[0-9a-f]{64}$/)
      const pinned = await host.load(new URL(`file://${path}`), {
        imports,
        name: 'pinned',
        integrity: plugin.digest,
      })
      expect(await pinned.exports[API].add(1, 1)).toBe(2)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('reports what happens as typed events', async () => {
    const events: string[] = []
    host.on('loaded', (e) => events.push(`loaded ${e.plugin}`))
    host.on('call', (e) => events.push(`call ${e.export} ${e.error?.code ?? 'ok'}`))
    host.on('fault', (e) => events.push(`${e.kind} ${e.error.code}`))
    host.on('closed', (e) => events.push(`closed ${e.plugin}`))
    const plugin = await host.load(kitchen, { imports, name: 'k', limits: { timeoutMs: 100 } })
    await plugin.exports[API].add(1, 2)
    await plugin.exports[API].boom().catch(() => {})
    await plugin.exports[API].spin().catch(() => {})
    await plugin.close()
    expect(events).toEqual([
      'loaded k',
      'call test:kitchen/api@1.2.0#add ok',
      'call test:kitchen/api@1.2.0#boom GUEST_TRAP',
      'trap GUEST_TRAP',
      'call test:kitchen/api@1.2.0#spin DEADLINE_EXCEEDED',
      'limit DEADLINE_EXCEEDED',
      'closed k',
    ])
  })

  it('reports all of it in one stream, where a call has an id that its fault has too', async () => {
    const events: HostEvent[] = []
    host.on('event', (event) => events.push(event))
    const plugin = await host.load(kitchen, { imports, name: 'k' })
    await plugin.exports[API].add(1, 2)
    await plugin.exports[API].boom().catch(() => {})
    await plugin.close()
    expect(events.map(({ type, sequence }) => `${sequence} ${type}`)).toEqual([
      '1 loaded',
      '2 call',
      '3 call',
      '4 fault',
      '5 closed',
    ])
    const [, first, second, fault] = events as [HostEvent, CallEvent, CallEvent, FaultEvent]
    expect(second.id).toBeGreaterThan(first.id)
    expect(fault.call).toBe(second.id)
  })

  it('fails with the reason when the plugin cannot start, and leaves no plugin behind', async () => {
    const bytes = await assemble(`(component
      (core module $m (func $start unreachable) (start $start))
      (core instance (instantiate $m)))`)
    expect(await codeOf(host.load(bytes, { name: 'x' }))).toBe('GUEST_TRAP')
    const spin = await assemble(`(component
      (core module $m (func $start (loop $l (br $l))) (start $start))
      (core instance (instantiate $m)))`)
    expect(await codeOf(host.load(spin, { name: 'x', limits: { startMs: 200 } }))).toBe('DEADLINE_EXCEEDED')
    expect(host.plugins.size).toBe(0)
  })

  it('ends running and waiting calls when the plugin closes', async () => {
    const { spoken, imports } = listening()
    const plugin = await host.load(kitchen, { imports })
    const running = codeOf(plugin.exports[API].sayAndSpin('on'))
    const waiting = codeOf(plugin.exports[API].count())
    await spoken
    await plugin.close()
    expect(await Promise.all([running, waiting])).toEqual(['PLUGIN_CLOSED', 'PLUGIN_CLOSED'])
    await plugin.close()
  })

  it.each(['plugin', 'host'] as const)(
    'gives every call that a closing %s ends an error of its own',
    async (what) => {
      const plugin = await host.load(kitchen, { imports, name: 'k', pool: { instances: 2 } })
      const calls = ['spin', 'spin', 'count'].map((name) => failureOf(plugin.call(`${API}#${name}`)))
      await Promise.all([what === 'plugin' ? plugin.close() : host.close(), ...calls])
      const failures = await Promise.all([...calls, failureOf(plugin.call(`${API}#count`))])
      expect(new Set(failures).size).toBe(4)
      expect(failures.map(({ code, plugin, export: name }) => [code, plugin, name])).toEqual([
        ['PLUGIN_CLOSED', 'k', `${API}@1.2.0#spin`],
        ['PLUGIN_CLOSED', 'k', `${API}@1.2.0#spin`],
        ['PLUGIN_CLOSED', 'k', `${API}@1.2.0#count`],
        ['PLUGIN_CLOSED', 'k', undefined],
      ])
    },
  )

  it('names the plugin in every failure of a load', async () => {
    const trap = await assemble(`(component
      (core module $m (func $start unreachable) (start $start))
      (core instance (instantiate $m)))`)
    const manifest = JSON.stringify({ manifestVersion: 1, name: 'own-name', version: '1.0.0' })
    const named = await assemble(`(component (@custom "wasm-plugin:manifest" ${JSON.stringify(manifest)}))`)
    await host.load(named)
    const failures = await Promise.all([
      failureOf(host.load('no/such.wasm')),
      failureOf(host.load(new URL('file:///no/such%20file.component.wasm'))),
      failureOf(host.load(kitchen.subarray(0, 99), { name: 'cut' })),
      failureOf(host.load(kitchen, { name: 'poor' })),
      failureOf(host.load(trap, { name: 'trap' })),
      failureOf(host.load(trap, { name: 'inline', isolation: 'inline' })),
      failureOf(
        host.load(named, { grants: { fs: [{ path: '/no/such/folder', at: '/x', access: 'read' }] } }),
      ),
      failureOf(host.load(named)),
    ])
    expect(failures.map(({ code, plugin }) => [code, plugin])).toEqual([
      ['FILE_NOT_FOUND', 'such'],
      ['FILE_NOT_FOUND', 'such file'],
      ['MALFORMED_COMPONENT', 'cut'],
      ['IMPORT_NOT_GRANTED', 'poor'],
      ['GUEST_TRAP', 'trap'],
      ['GUEST_TRAP', 'inline'],
      ['PLUGIN_NAME_TAKEN', 'own-name'],
      ['PLUGIN_NAME_TAKEN', 'own-name'],
    ])
  })

  it('gives every load that a closing host ends an error of its own', async () => {
    const loads = ['a', 'b'].map((name) => failureOf(host.load(kitchen, { imports, name })))
    await host.close()
    const failures = await Promise.all(loads)
    expect(failures.map(({ code, plugin }) => [code, plugin])).toEqual([
      ['HOST_CLOSED', 'a'],
      ['HOST_CLOSED', 'b'],
    ])
  })

  it('listens once to a signal that many calls share, and to its own for many loads', async () => {
    const warnings: string[] = []
    const warned = (warning: Error) => warnings.push(warning.name)
    process.on('warning', warned)
    try {
      const { signal } = new AbortController()
      const loads = Array.from({ length: 12 }, (_, i) => host.load(kitchen, { imports, name: `p${i}` }))
      const plugins = await Promise.all(loads)
      await Promise.all(plugins.map((plugin) => plugin.call(`${API}#count`, [], { signal })))
      const [first] = plugins
      await Promise.all(plugins.map(() => first?.call(`${API}#count`, [], { signal })))
      // Warnings come by \`process.nextTick\`.
      await new Promise(setImmediate)
      expect(warnings).toEqual([])
      expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    } finally {
      process.off('warning', warned)
    }
  })
})

/** The messages of that many uncaught exceptions of the process, while `run` runs and until they are there. */
async function uncaught(count: number, run: () => Promise<void>): Promise<string[]> {
  const others = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  const messages: string[] = []
  process.on('uncaughtException', ({ message }) => messages.push(message))
  try {
    await run()
    await vi.waitUntil(() => messages.length >= count)
    return messages
  } finally {
    process.removeAllListeners('uncaughtException')
    for (const listener of others) process.on('uncaughtException', listener)
  }
}
