import { ComponentError, createHost, type Host, PluginError } from '@wasm-plugin/web'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { attack } from './helpers/attack.js'
import { addGuest, fileOf, guest, isBuilt } from './helpers/guests.js'

const API = 'test:kitchen/api@1.2.0'
const IMPORTS = {
  'test:kitchen/host@1.2.0': {
    say() {},
    lookUp: async (key: string) => `value of ${key}`,
  },
}
type Api = Record<string, (...args: unknown[]) => Promise<unknown>>

let host: Host
beforeEach(async () => {
  host = await createHost()
})
afterEach(() => host.close())

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'nothing',
    (error) => (PluginError.is(error) ? error.code : String(error)),
  )

describe('a plugin in a thread of a page', () => {
  it('is called with every kind of value, and asks functions that answer later', async () => {
    const { exports } = await host.load(await guest('kitchen'), { imports: IMPORTS })
    const api = (exports as Record<string, Api>)[API] as Api
    expect(await api.add?.(2, 3)).toBe(5)
    expect(await api.echo?.('grüße 😀')).toBe('grüße 😀')
    expect(await api.lookUp?.('a')).toBe('value of a')
    // More than the memory that replies have at first, and more than one piece of a request.
    const large = 'ä'.repeat(1 << 20)
    expect(await api.lookUp?.(large)).toBe(`value of ${large}`)
    expect(await codeOf(api.add?.(1, 'two') as Promise<unknown>)).toBe('TYPE_MISMATCH')
    expect(await codeOf(api.boom?.() as Promise<unknown>)).toBe('GUEST_TRAP')
    expect(await api.add?.(2, 3)).toBe(5)
  })

  it('is ended at its deadline, and there is another one for the next call', async () => {
    const spin = await guest('kitchen')
    const plugin = await host.load(spin, {
      imports: { 'test:kitchen/host@1.2.0': { say() {}, lookUp: () => new Promise(() => {}) } },
    })
    const api = plugin.exports[API] as unknown as Api
    const late = plugin.with({ timeoutMs: 50 }).exports[API] as unknown as Api
    expect(await codeOf(late.lookUp?.('a') as Promise<unknown>)).toBe('DEADLINE_EXCEEDED')
    expect(await api.add?.(1, 1)).toBe(2)
  })

  it('fails with the code of its options and of its source as in Node', async () => {
    expect(await codeOf(createHost({ thred: 'x' } as never))).toBe('OPTIONS_INVALID')
    expect(await codeOf(createHost(5 as never))).toBe('OPTIONS_INVALID')
    expect(await codeOf(host.load('file:///x.wasm'))).toBe('SOURCE_UNREADABLE')
    expect(await codeOf(host.load(new Uint8Array([1, 2, 3])))).toBe('NOT_WASM')
    const loaded = await host.load(await guest('kitchen'), { imports: IMPORTS })
    expect(await codeOf(loaded.profile(5))).toBe('PROFILER_UNAVAILABLE')
    await loaded.close()
    const audited = host.load(await guest('kitchen'), { imports: IMPORTS, audit: 'a.jsonl' })
    expect(await codeOf(audited)).toBe('AUDIT_UNWRITABLE')
    const folder = { fs: [{ path: './data', at: '/data', access: 'read' as const }] }
    const plugin = host.load(await guest('kitchen'), { imports: IMPORTS, grants: folder })
    expect(await codeOf(plugin)).toBe('GRANT_PATH_MISSING')
  })

  it('whose script is not where the page was told is a failure with a code', async () => {
    await using other = await createHost({ thread: '/nothing-there.js' })
    expect(await codeOf(other.load(await guest('kitchen'), { imports: IMPORTS }))).toBe('WORKER_CRASHED')
  })

  it('is started ahead of its plugin where the application wants it, and another one after it', async () => {
    await using other = await createHost({ warmThreads: 2 })
    expect(other.stats.warmThreads).toBe(2)
    const plugin = await other.load(await guest('kitchen'), { imports: IMPORTS })
    expect(await plugin.call(`${API}#add`, [1, 2])).toBe(3)
    expect(other.stats.warmThreads).toBe(2)
    await plugin.close()
    await other.close()
    expect(other.stats.warmThreads).toBe(0)
  })

  it('that waits for nothing is counted no more when its script is not there', async () => {
    await using other = await createHost({ warmThreads: 1, thread: '/nothing-there.js' })
    await expect.poll(() => other.stats.warmThreads).toBe(0)
    expect(await codeOf(other.load(await guest('kitchen'), { imports: IMPORTS }))).toBe('WORKER_CRASHED')
  })

  it('is told what its plugin uses, but for processor time', async () => {
    const plugin = await host.load(await guest('kitchen'), { imports: IMPORTS, limits: { fuel: 1_000_000 } })
    await plugin.call(`${API}#look-up`, ['x'.repeat(1_000)])
    const { fuel = 0, bytesIn, bytesOut } = plugin.stats
    expect(bytesIn).toBeGreaterThanOrEqual(1_000)
    expect(bytesOut).toBeGreaterThanOrEqual(1_000)
    expect(fuel).toBeGreaterThan(0)
    expect(plugin.stats).toMatchObject({ cpuMs: undefined, uses: {}, denials: {} })
    await plugin.call(`${API}#look-up`, ['x'.repeat(1_000)])
    expect(plugin.stats).toMatchObject({ fuel: 2 * fuel, bytesIn: 2 * bytesIn, bytesOut: 2 * bytesOut })
  })

  it('is gone when it is closed, and so is its name', async () => {
    const plugin = await host.load(await guest('kitchen'), { imports: IMPORTS, name: 'kitchen' })
    await plugin.close()
    expect(await codeOf(plugin.call(`${API}#add`, [1, 2]))).toBe('PLUGIN_CLOSED')
    await host.load(await guest('kitchen'), { imports: IMPORTS, name: 'kitchen' })
  })
})

describe.skipIf(!isBuilt('rust'))('a program in a page', () => {
  const base = `http://127.0.0.1:${inject('port')}`

  it('has its grants narrowed and taken back while it runs', async () => {
    const { run, plugin } = await addGuest(host, 'rust', {
      grants: { net: [`GET ${base}/pub/**`], config: { KEY: 'value' } },
    })
    expect(await run('config-get', 'KEY')).toBe('value')
    expect(await run('http-with-field', `${base}/pub/a`, 'x-a', 'b')).toBe('200 hello')
    plugin.narrow({ net: [`GET ${base}/pub/b`] })
    expect(await run('http-with-field', `${base}/pub/a`, 'x-a', 'b')).toBe('!http-request-denied')
    plugin.revoke('config')
    expect(await run('config-get', 'KEY')).toBe('!unset')
  })

  attack(
    'H1',
    'Asks a web server, from a page, for what is answered with a redirect',
    'the browser does not follow it; the plugin gets an error',
    async () => {
      const { run } = await addGuest(host, 'rust', { grants: { net: [`GET ${base}/pub/**`] } })
      expect(await run('http-with-field', `${base}/pub/redirect`, 'x-a', 'b')).toBe('!internal-error')
    },
  )

  attack(
    'H2',
    'Asks a web server with headers that only a browser may send, and with the cookies of the person at the page',
    'the browser sends neither these nor a referrer',
    async () => {
      const { run } = await addGuest(host, 'rust', { grants: { net: [`GET ${base}/pub/**`] } })
      for (const name of ['cookie', 'referer', 'origin', 'sec-fetch-site', 'proxy-authorization', 'x-mine']) {
        const said = await run('http-with-field', `${base}/pub/headers`, name, 'stolen')
        // Some are refused before they are sent.
        const headers = said.startsWith('!') ? {} : JSON.parse(said.replace(/^200 /, ''))
        expect(headers[name] === 'stolen').toBe(name === 'x-mine')
        expect(headers.cookie).toBeUndefined()
        expect(headers.referer).toBeUndefined()
      }
    },
  )

  attack(
    'H3',
    'Answers from a page’s network with more than the limit of its grant',
    'the request ends with the error of the interface',
    async () => {
      const net = { allow: [`GET ${base}/pub/**`], limits: { responseBytes: 1_000 } }
      const { run } = await addGuest(host, 'rust', { grants: { net } })
      expect(await run('http-with-field', `${base}/pub/large`, 'x-a', 'b')).toMatch(/^!/)
      expect(await run('http-with-field', `${base}/pub/a`, 'x-a', 'b')).toBe('200 hello')
    },
  )

  it('keeps what it stores under a name for the next page, and only one page has it', async () => {
    const name = `test-${crypto.randomUUID()}`
    const grants = { keyvalue: { mine: { file: name } } }
    const first = await addGuest(host, 'rust', { name: 'first', grants })
    await first.run('store-set', 'mine', 'key')
    const shared = await addGuest(host, 'rust', { name: 'second', grants })
    const kept = await first.run('store-get', 'mine', 'key')
    expect(kept).toMatch(/^[1-9]\d* bytes$/)
    expect(await shared.run('store-get', 'mine', 'key')).toBe(kept)
    await first.plugin.close()
    await shared.plugin.close()
    const again = await addGuest(host, 'rust', { name: 'again', grants })
    expect(await again.run('store-get', 'mine', 'key')).toBe(kept)
    await again.run('store-delete', 'mine', 'key')
    expect(await again.run('store-exists', 'mine', 'key')).toBe('false')
    await again.plugin.close()

    let unlock = () => {}
    await new Promise<void>((locked) => {
      void navigator.locks.request(`wasm-plugin:${name}`, () => {
        locked()
        return new Promise<void>((resolve) => {
          unlock = resolve
        })
      })
    })
    const elsewhere = host.load(fileOf('rust'), { name: 'elsewhere', grants })
    expect(await codeOf(elsewhere)).toBe('STORE_UNUSABLE')
    unlock()
  })

  it('keeps files in memory for its threads, and the page reads them', async () => {
    const { run, plugin } = await addGuest(host, 'rust', {
      grants: { fs: [{ memory: { 'in.txt': 'text' }, at: '/d', access: 'read-write' }] },
    })
    expect(await run('fs-read', '/d/in.txt')).toBe('text')
    await run('fs-create', '/d/out.txt')
    expect([...(await plugin.readFiles('/d')).keys()].sort()).toEqual(['in.txt', 'out.txt'])
  })
})

it('the error of a result is the same class as in Node', () => {
  expect(ComponentError.is(new ComponentError('x'))).toBe(true)
})
