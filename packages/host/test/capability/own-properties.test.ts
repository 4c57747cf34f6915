import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { resolveHostOptions, resolveLoadOptions } from '@wasm-plugin/embed/internal'
import { createHost, PluginError } from '@wasm-plugin/host'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { attack } from '../helpers/attack.js'
import { parseGrants } from '../helpers/grants.js'
import { tempDir } from '../helpers/wasi.js'

const codeOf = (run: () => unknown) => {
  try {
    run()
    return 'accepted'
  } catch (error) {
    return PluginError.is(error) ? error.code : error
  }
}

const prototype = Object.prototype as unknown as Record<string, unknown>
const polluted = new Set<string>()
function pollute(name: string, value: unknown): void {
  prototype[name] = value
  polluted.add(name)
}
afterEach(() => {
  for (const name of polluted) delete prototype[name]
})

const defaults = resolveHostOptions({})

describe('grants and options', () => {
  attack(
    'D60',
    'Hopes that the grants inherit something: from a shared object, or from a prototype that a library has changed',
    'own properties alone are grants and options',
    () => {
      const inherited = Object.create({ net: ['https://a.example'], env: { A: '1' } })
      expect(parseGrants(inherited).rules).toEqual([])
      const net = Object.create({ allow: ['https://a.example'] })
      expect(codeOf(() => parseGrants({ net }))).toBe('GRANTS_INVALID')
      pollute('net', ['https://a.example'])
      pollute('quotaBytes', 1)
      pollute('file', '/tmp/x')
      pollute('memory', {})
      const grants = parseGrants({ keyvalue: { s: {} }, fs: [{ path: tempDir(), at: '/d', access: 'read' }] })
      expect(grants.rules).toEqual(['fs read /d', 'keyvalue s'])
      expect(grants.keyvalue[0]).toMatchObject({ file: null, quotaBytes: 16 << 20 })
      expect(grants.fs[0]).toMatchObject({ memory: null, quotaBytes: 1 << 30 })
      pollute('audit', '/tmp/audit')
      pollute('isolation', 'inline')
      pollute('timeoutMs', 1)
      pollute('imports', { x: 1 })
      const options = resolveLoadOptions({ limits: {} }, defaults)
      expect(options).toMatchObject({ audit: undefined, isolation: 'worker', grants: {} })
      expect(options.imports.size).toBe(0)
      expect(resolveLoadOptions(Object.create({ name: 'x' }), defaults).name).toBeUndefined()
    },
  )

  it('name no variable of the process that it only inherits', () => {
    expect(
      parseGrants({ env: ['toString', '__proto__', 'constructor', 'PATH'] }).env.map(({ key }) => key),
    ).toEqual(['PATH'])
  })

  it('with a name that would vanish are refused, at every place', () => {
    const named = (text: string) => JSON.parse(text.replace('NAME', '__proto__'))
    for (const grants of [
      '{ "NAME": {} }',
      '{ "env": { "NAME": "x" } }',
      '{ "config": { "NAME": "x" } }',
      '{ "keyvalue": { "NAME": {} } }',
      '{ "fs": [{ "memory": { "NAME": "x" }, "at": "/d", "access": "read" }] }',
    ])
      expect([grants, codeOf(() => parseGrants(named(grants)))]).toEqual([grants, 'GRANTS_INVALID'])
    expect(codeOf(() => resolveLoadOptions(named('{ "limits": { "NAME": 1 } }'), defaults))).toBe(
      'OPTIONS_INVALID',
    )
  })

  it('with a NUL in a path of the host are refused when they are read', async () => {
    for (const grants of [
      { keyvalue: { s: { file: 'a\0b' } } },
      { fs: [{ path: 'a\0b', at: '/d', access: 'read' }] },
    ])
      expect(codeOf(() => parseGrants(grants))).toBe('GRANTS_INVALID')
    const host = await createHost()
    onTestFinished(() => host.close())
    await expect(host.load(new Uint8Array(), { audit: 'a\0b' })).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
    })
  })

  it('that go in circles are refused', () => {
    const circle: Record<string, unknown> = {}
    circle.net = circle
    expect(codeOf(() => parseGrants(circle))).toBe('GRANTS_INVALID')
  })

  attack(
    'A72',
    'Is granted the directory of its own store, to put a link in the place of the file',
    'the load is refused',
    () => {
      const [dir, elsewhere] = [tempDir(), tempDir()]
      mkdirSync(join(dir, 'sub'))
      symlinkSync(dir, join(elsewhere, 'link'))
      const load = (access: 'read' | 'read-write', file: string) =>
        codeOf(() => parseGrants({ fs: [{ path: dir, at: '/d', access }], keyvalue: { s: { file } } }))
      for (const file of [
        join(dir, 's.json'),
        join(dir, 'sub', 'new', 's.json'),
        join(elsewhere, 'link', 's.json'),
      ])
        expect(load('read-write', file)).toBe('STORE_UNSAFE')
      expect(load('read', join(dir, 's.json'))).toBe('accepted')
      expect(load('read-write', join(elsewhere, 's.json'))).toBe('accepted')
    },
  )
})
