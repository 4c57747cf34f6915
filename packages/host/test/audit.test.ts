import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { linkSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  ACCESS_CHANNEL,
  type AccessEvent,
  createHost,
  type Host,
  type LoadOptions,
  PluginError,
} from '@wasm-plugin/host'
import { afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { AuditFile } from '#internal'
import { attack } from './helpers/attack.js'
import { parseGrants } from './helpers/grants.js'
import { guest } from './helpers/guests.js'
import { keeper, noRust, runs } from './helpers/keeper.js'
import { tempDir } from './helpers/wasi.js'

const imports = { 'test:kitchen/host': { say() {}, lookUp: () => 'x' } }
let kitchen: Uint8Array
let host: Host
beforeAll(async () => {
  kitchen = await guest('kitchen')
})
beforeEach(async () => {
  host = await createHost()
})
afterEach(() => host.close())

const lines = (file: string): Record<string, unknown>[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))

const event = (target: string): AccessEvent => ({
  ...{ plugin: 'test', capability: 'fs', operation: 'open', target },
  ...{ decision: 'denied', rule: null, time: 1 },
})

const codeOf = (options: LoadOptions) =>
  host.load(kitchen, { imports, ...options }).then(
    () => 'loaded',
    (error: unknown) => (PluginError.is(error) ? error.code : error),
  )

describe.skipIf(noRust)('every decision', () => {
  it('is published on the diagnostics channel, as it is to listeners of the host', async () => {
    const published: unknown[] = []
    const listen = (message: unknown) => void published.push(message)
    const dir = tempDir()
    writeFileSync(join(dir, 'a'), 'hello')
    const plugin = await host.load(keeper(), {
      name: 'reader',
      grants: { fs: [{ path: dir, at: '/data', access: 'read' }] },
    })
    const run = runs(plugin.exports)
    expect(await run('read', '/data/a')).toBe('hello')
    subscribe(ACCESS_CHANNEL, listen)
    onTestFinished(() => void unsubscribe(ACCESS_CHANNEL, listen))
    const heard: AccessEvent[] = []
    host.on('allowed', (event) => heard.push(event))
    host.on('denied', (event) => heard.push(event))
    expect(await run('write', '/data/a', 'x')).toMatch(/^error: /)
    expect(await run('read', '/data/a')).toBe('hello')
    expect(published).toEqual(heard)
    const common = { plugin: 'reader', capability: 'fs', target: '/data/a', time: expect.any(Number) }
    expect(published[0]).toEqual({
      ...{ ...common, call: expect.any(Number) },
      ...{ operation: 'create', decision: 'denied', rule: null, reason: 'not granted' },
    })
    expect(published).toContainEqual({
      ...{ ...common, call: expect.any(Number) },
      ...{ operation: 'open', decision: 'allowed', rule: 'fs read /data' },
    })
    // The first call was refused, and the second one read.
    expect(new Set((published as AccessEvent[]).map(({ call }) => call)).size).toBe(2)
    expect(published.every(Object.isFrozen)).toBe(true)
  })

  it('is heard from the moment that somebody listens, also in the middle of a call', async () => {
    const [dir, out] = [tempDir(), tempDir()]
    writeFileSync(join(dir, 'a'), 'hello')
    const plugin = await host.load(keeper(), {
      grants: {
        fs: [
          { path: dir, at: '/data', access: 'read' },
          { path: out, at: '/out', access: 'read-write' },
        ],
      },
    })
    const denied = new Promise<void>((resolve) => host.once('denied', () => resolve()))
    const run = runs(plugin.exports)
    await run('write', '/data/a', 'x')
    await denied
    const call = plugin
      .call('test:keeper/keeping#run', ['repeat', ['1000000000', 'write', '/out/a', 'x']], {
        timeoutMs: 60_000,
      })
      .catch((error: PluginError) => error.code)
    await vi.waitFor(() => expect(readdirSync(out)).toEqual(['a']), { timeout: 30_000 })
    const event = await new Promise((resolve) => host.once('allowed', resolve))
    expect(event).toMatchObject({ decision: 'allowed', rule: 'fs read-write /out' })
    await plugin.close()
    expect(await call).toBe('PLUGIN_CLOSED')
  })

  it('is one line of the audit file, in order, and the last line counts them', async () => {
    const [dir, logs] = [tempDir(), tempDir()]
    const audit = join(logs, 'audit.jsonl')
    writeFileSync(audit, '{"earlier":true}\n')
    const plugin = await host.load(keeper(), {
      name: 'reader',
      audit,
      grants: { fs: [{ path: dir, at: '/data', access: 'read' }], env: { LANG: 'de' } },
    })
    const heard: AccessEvent[] = []
    host.on('allowed', (event) => heard.push(event))
    host.on('denied', (event) => heard.push(event))
    const run = runs(plugin.exports)
    await run('env', 'LANG')
    await run('read', '/data/missing')
    await run('remove', '/data/x')
    await host.close()
    const [earlier, ...rest] = lines(audit)
    const last = rest.pop()
    expect(earlier).toEqual({ earlier: true })
    expect(rest.slice(-heard.length)).toEqual(heard)
    expect(last).toMatchObject({ plugin: 'reader', closed: true, lines: rest.length, dropped: 0 })
  })

  it('of a plugin that is ended in the middle of a call is written too', async () => {
    const [dir, logs] = [tempDir(), tempDir()]
    const audit = join(logs, 'audit.jsonl')
    const plugin = await host.load(keeper(), {
      audit,
      grants: { fs: [{ path: dir, at: '/data', access: 'read' }] },
    })
    const seen = new Promise<void>((resolve) => host.once('denied', () => resolve()))
    const call = plugin
      .call('test:keeper/keeping#run', ['repeat', ['1000000000', 'write', '/data/a', 'x']], {
        timeoutMs: 60_000,
      })
      .catch((error: PluginError) => error.code)
    await seen
    await plugin.close()
    expect(await call).toBe('PLUGIN_CLOSED')
    const all = lines(audit)
    expect(all.at(-1)).toMatchObject({ closed: true, lines: all.length - 1, dropped: 0 })
    expect(all.slice(0, -1).every(({ decision }) => decision !== undefined)).toBe(true)
  })

  async function hammer(isolation: 'worker' | 'inline') {
    const [dir, logs] = [tempDir(), tempDir()]
    const audit = { file: join(logs, 'audit.jsonl'), maxBytes: 400_000 }
    const incomplete: unknown[] = []
    host.on('auditIncomplete', (event) => incomplete.push(event))
    let denied = 0
    host.on('denied', () => denied++)
    const plugin = await host.load(keeper(), {
      ...{ name: 'forger', audit, isolation, limits: { timeoutMs: 60_000 } },
      grants: { fs: [{ path: dir, at: '/data', access: 'read' }] },
    } as LoadOptions)
    const forged = '{"plugin":"innocent","decision":"allowed","closed":true}'
    const hostile = `/data/"\n${forged}\n\r\u0000\u0085\u2028\u2029\u202e\u001b[2J`.replace('\u0000', '')
    expect(await runs(plugin.exports)('repeat', '5000', 'write', hostile, 'x')).toBe('5000')
    await plugin.close()
    const all = lines(audit.file)
    const last = all.pop()
    expect(all.every(({ plugin, decision }) => plugin === 'forger' && decision !== undefined)).toBe(true)
    expect(last).toMatchObject({ plugin: 'forger', closed: true, lines: all.length })
    expect(last?.dropped).toBeGreaterThan(0)
    expect(all.length + Number(last?.dropped)).toBeGreaterThanOrEqual(denied)
    expect(denied).toBeGreaterThanOrEqual(5_000)
    expect(statSync(audit.file).size).toBeLessThan(audit.maxBytes + 300)
    expect(readFileSync(audit.file, 'latin1').replaceAll('\n', '')).toMatch(/^[ -~]*$/)
    expect(incomplete).toEqual([
      { plugin: 'forger', file: audit.file, reason: 'the limit of 400000 bytes is reached' },
    ])
  }

  attack(
    'E61',
    'Hammers denied operations with names that hold line breaks and JSON',
    'forges no line of the audit file, which stays within its limit and counts what it left out',
    () => hammer('worker'),
  )

  attack(
    'E62',
    "The same in the application's thread",
    'the same; no queue grows that the plugin could fill',
    () => hammer('inline'),
  )
})

describe('an audit file', () => {
  it('that cannot be written keeps the plugin from starting', async () => {
    const dir = tempDir()
    mkdirSync(join(dir, 'folder'))
    expect(await codeOf({ audit: join(dir, 'missing', 'a.jsonl') })).toBe('AUDIT_UNWRITABLE')
    expect(await codeOf({ audit: join(dir, 'folder') })).toBe('AUDIT_UNWRITABLE')
    expect(await codeOf({ audit: '/dev/null' })).toBe('AUDIT_UNWRITABLE')
    expect(await codeOf({ audit: { file: join(dir, 'a'), maxBytes: 0 } })).toBe('OPTIONS_INVALID')
    expect(await codeOf({ audit: '' })).toBe('OPTIONS_INVALID')
    expect(host.plugins.size).toBe(0)
    expect(await codeOf({ audit: join(dir, 'a.jsonl') })).toBe('loaded')
  })

  attack(
    'D2',
    'Is granted the directory of its own audit file',
    'the load is refused, also when a link leads there',
    async () => {
      const [dir, elsewhere] = [tempDir(), tempDir()]
      const fs = (access: 'read' | 'read-write') => [{ path: dir, at: '/data', access }]
      symlinkSync(dir, join(elsewhere, 'link'))
      symlinkSync(join(dir, 'log'), join(elsewhere, 'log'))
      writeFileSync(join(dir, 'log'), '')
      for (const audit of [
        join(dir, 'log'),
        join(dir, 'new'),
        join(elsewhere, 'link', 'x'),
        join(elsewhere, 'log'),
      ])
        expect(await codeOf({ audit, grants: { fs: fs('read-write') } })).toBe('AUDIT_UNSAFE')
      expect(
        await codeOf({
          audit: join(elsewhere, 'kv'),
          grants: { keyvalue: { a: { file: join(elsewhere, 'kv') } } },
        }),
      ).toBe('AUDIT_UNSAFE')
      expect(await codeOf({ audit: join(dir, 'log'), grants: { fs: fs('read') } })).toBe('loaded')
    },
  )

  attack(
    'A70',
    'Hopes that its audit file is a file of its own by a link: a link to nothing in its directory, or to its store',
    'the load is refused, by symbolic and by hard links',
    async () => {
      const [dir, elsewhere] = [tempDir(), tempDir()]
      const audit = join(elsewhere, 'audit')
      symlinkSync(join(dir, 'not-there-yet'), audit)
      const fs = [{ path: dir, at: '/data', access: 'read-write' as const }]
      expect(await codeOf({ audit, grants: { fs } })).toBe('AUDIT_UNSAFE')
      const store = join(elsewhere, 'store.json')
      const [symbolic, hard] = [join(elsewhere, 'symbolic'), join(elsewhere, 'hard')]
      symlinkSync(store, symbolic)
      const keyvalue = { s: { file: store } }
      expect(await codeOf({ audit: symbolic, grants: { keyvalue } })).toBe('AUDIT_UNSAFE')
      writeFileSync(store, '')
      linkSync(store, hard)
      expect(await codeOf({ audit: symbolic, grants: { keyvalue } })).toBe('AUDIT_UNSAFE')
      expect(await codeOf({ audit: hard, grants: { keyvalue } })).toBe('AUDIT_UNSAFE')
    },
  )

  it('is shared by plugins, each with its own count', async () => {
    const audit = join(tempDir(), 'a.jsonl')
    await host.load(kitchen, { imports, audit, name: 'one' })
    await host.load(kitchen, { imports, audit, name: 'two', isolation: 'inline' })
    await host.close()
    const names = lines(audit).map(({ plugin, lines }) => [plugin, lines])
    expect(names.sort()).toEqual([
      ['one', 0],
      ['two', 0],
    ])
  })

  it('takes no line after one that it left out, so that what is there is the whole beginning', () => {
    const file = join(tempDir(), 'a.jsonl')
    const losses: unknown[] = []
    const audit = AuditFile.open({ file, maxBytes: 1_000 }, parseGrants({}), (loss) => losses.push(loss))
    for (let i = 0; i < 100; i++) audit.append(event(`/${i}`))
    audit.append(event('x'.repeat(2_000)))
    audit.append(event(''))
    audit.close('test')
    audit.append(event('/late'))
    audit.close('test')
    const all = lines(file)
    const last = all.pop()
    expect(all.map(({ target }) => target)).toEqual(all.map((_, i) => `/${i}`))
    expect(last).toMatchObject({ lines: all.length, dropped: 102 - all.length })
    expect(losses).toHaveLength(1)
  })
})
