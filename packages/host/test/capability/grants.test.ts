import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ManifestRequests } from '@wasm-plugin/manifest'
import type { AccessEvent, FsOperation, Use } from '@wasm-plugin/wasi'
import { offerOf } from '@wasm-plugin/wasi'
import { createGate, LiveGrants, RuleState } from '@wasm-plugin/wasi/instance'
import { describe, expect, it } from 'vitest'
import { makeRecord, Services } from '#internal'
import { attack } from '../helpers/attack.js'
import { grantControl, parseGrants } from '../helpers/grants.js'
import { tempDir } from '../helpers/wasi.js'

const codeOf = (input: unknown, requests?: ManifestRequests): unknown => {
  try {
    parseGrants(input, requests)
  } catch (error) {
    return (error as { code: string }).code
  }
  return undefined
}
const reason = 'for the test'

describe('grants', () => {
  it('deny everything by default, and are frozen data that crosses threads', () => {
    const grants = parseGrants(undefined)
    expect(grants).toMatchObject({ fs: [], env: [], args: [], rules: [], net: { allow: [], deny: [] } })
    expect(Object.isFrozen(grants)).toBe(true)
    expect(Object.isFrozen(grants.net.limits)).toBe(true)
    expect(structuredClone(grants)).toEqual(grants)
  })

  it('name each mistake', () => {
    const path = tempDir()
    writeFileSync(join(path, 'file'), '')
    expect(codeOf({ filesystem: [] })).toBe('UNKNOWN_GRANT')
    expect(codeOf('all')).toBe('GRANTS_INVALID')
    expect(codeOf({ fs: [{ path, at: '/a', access: 'read', acces: 'x' }] })).toBe('GRANTS_INVALID')
    expect(codeOf({ fs: [{ path, at: 'a', access: 'read' }] })).toBe('GRANTS_INVALID')
    // What a browser gives for a folder is for pages.
    const folder = { [Symbol.toStringTag]: 'FileSystemDirectoryHandle', kind: 'directory', name: 'data' }
    expect(codeOf({ fs: [{ folder, at: '/a', access: 'read' }] })).toBe('GRANTS_INVALID')
    expect(codeOf({ fs: [{ folder: {}, at: '/a', access: 'read' }] })).toBe('GRANTS_INVALID')
    expect(codeOf({ fs: [{ path, at: '/a/../b', access: 'read' }] })).toBe('GRANTS_INVALID')
    expect(codeOf({ fs: [{ path, at: '/a', access: 'write' }] })).toBe('GRANTS_INVALID')
    expect(
      codeOf({
        fs: [
          { path, at: '/a', access: 'read' },
          { path, at: '/a/', access: 'read' },
        ],
      }),
    ).toBe('GRANTS_INVALID')
    expect(codeOf({ fs: [{ path: join(path, 'missing'), at: '/a', access: 'read' }] })).toBe(
      'GRANT_PATH_MISSING',
    )
    expect(codeOf({ fs: [{ path: join(path, 'file'), at: '/a', access: 'read' }] })).toBe(
      'GRANT_PATH_NOT_DIRECTORY',
    )
    expect(codeOf({ net: ['example.com'] })).toBe('NET_PATTERN_INVALID')
    expect(codeOf({ net: { allow: [], privateAddresses: ['10.0.0.0/33'] } })).toBe('GRANTS_INVALID')
    expect(codeOf({ env: { 'A=B': 'x' } })).toBe('GRANTS_INVALID')
    expect(codeOf({ env: { A: 1 } })).toBe('GRANTS_INVALID')
    expect(codeOf({ clocks: { fixed: 'yesterday' } })).toBe('GRANTS_INVALID')
  })

  it('say where the mistake is', () => {
    expect(() => parseGrants({ fs: [{ path: '.', at: '/a', access: 'read', quotaByte: 1 }] })).toThrow(
      /fs\[0\]/,
    )
  })

  it('pass variables through by name, and only those', () => {
    process.env.WASI_TEST_GIVEN = 'value'
    const { env } = parseGrants({ env: ['WASI_TEST_GIVEN', 'WASI_TEST_MISSING'] })
    expect(env.map(({ key, value }) => [key, value])).toEqual([['WASI_TEST_GIVEN', 'value']])
    delete process.env.WASI_TEST_GIVEN
  })

  it('make a scratch directory that goes with the plugin', () => {
    const grants = parseGrants({ fs: [{ scratch: true, at: '/tmp' }] })
    const path = grants.fs[0]?.path ?? ''
    expect(realpathSync(path)).toBe(path)
    writeFileSync(join(path, 'f'), '')
    new Services({ gate: createGate('test', grants, () => {}) }).close()
    expect(() => realpathSync(path)).toThrow()
  })
})

describe('a manifest', () => {
  const agreed = (at: string, access: 'read' | 'read-write', requests: ManifestRequests['fs']) => {
    const path = tempDir()
    mkdirSync(join(path, 'sub'))
    const { fs, refused } = parseGrants({ fs: [{ path, at, access }] }, { fs: requests })
    return {
      fs: fs.map((grant) => [grant.at, grant.access, grant.path?.slice(path.length)]),
      refused: refused.fs,
    }
  }

  it('gets what it asks for and the host allows, and never more', () => {
    expect(agreed('/d', 'read-write', [{ at: '/d', access: 'read', reason }]).fs).toEqual([
      ['/d', 'read', ''],
    ])
    expect(agreed('/d', 'read', [{ at: '/d', access: 'read-write', reason }]).fs).toEqual([
      ['/d', 'read', ''],
    ])
    expect(agreed('/d', 'read', [{ at: '/', access: 'read', reason }]).fs).toEqual([['/d', 'read', '']])
    expect(agreed('/d', 'read', [{ at: '/d/sub', access: 'read', reason }]).fs).toEqual([
      ['/d/sub', 'read', '/sub'],
    ])
    expect(agreed('/d', 'read', [{ at: '/dd', access: 'read', reason }])).toEqual({
      fs: [],
      refused: ['/dd'],
    })
    expect(agreed('/d', 'read', [])).toEqual({ fs: [], refused: [] })
  })

  attack(
    'A18',
    'Asks in its manifest for a directory that is a link out of the granted one',
    'the grant is refused when the plugin is loaded',
    () => {
      const path = tempDir()
      mkdirSync(join(path, 'granted'))
      mkdirSync(join(path, 'secret'))
      symlinkSync('../secret', join(path, 'granted', 'sub'))
      const requests = { fs: [{ at: '/d/sub', access: 'read' as const, reason }] }
      expect(codeOf({ fs: [{ path: join(path, 'granted'), at: '/d', access: 'read' }] }, requests)).toBe(
        'GRANT_PATH_MISSING',
      )
    },
  )

  it('asks for variables by exact name', () => {
    const { env, refused } = parseGrants(
      { env: { A: '1', B: '2' } },
      {
        env: [
          { key: 'A', reason },
          { key: 'C', reason },
        ],
      },
    )
    expect(env.map(({ key }) => key)).toEqual(['A'])
    expect(refused.env).toEqual(['C'])
  })

  it('gets of a pattern what it asks for, as rules of its own', () => {
    const rules = (net: string[], ...asked: string[]) => {
      const requests = { net: asked.map((allow) => ({ allow, reason })) }
      const grants = parseGrants({ net }, requests)
      return { rules: grants.rules, unasked: grants.unasked, refused: grants.refused.net }
    }
    expect(rules(['https://*.a.example'], 'GET https://x.a.example/v1/**', 'https://b.example')).toEqual({
      rules: ['net GET https://x.a.example/v1/**'],
      unasked: [],
      refused: ['https://b.example'],
    })
    expect(rules(['GET http://a.example:*/v1/**', 'http://c.example'], 'http://a.example')).toEqual({
      rules: ['net GET http://a.example/v1/**'],
      unasked: ['net http://c.example'],
      refused: [],
    })
    expect(rules(['tcp://*.a.example:*'], 'dns://x.a.example', 'tcp://y.a.example:1')).toEqual({
      rules: ['net tcp://y.a.example:1', 'net dns://x.a.example'],
      unasked: [],
      refused: [],
    })
  })

  it('that asks for nothing gets nothing, and the grants say what nobody asked for', () => {
    const grants = parseGrants(
      { env: { A: '1' }, net: ['https://a.example'], fs: [{ path: '.', at: '/', access: 'read' }] },
      {},
    )
    expect(grants).toMatchObject({ fs: [], env: [], net: { allow: [] }, rules: [] })
    expect(grants.unasked).toEqual(['fs read /', 'env A', 'net https://a.example'])
  })
})

describe('the gate', () => {
  const reads: FsOperation[] = ['open', 'stat', 'readdir', 'readlink']
  const writes: FsOperation[] = [
    'create',
    'write',
    'mkdir',
    'rmdir',
    'unlink',
    'rename',
    'link',
    'symlink',
    'set-times',
  ]
  const fsUse = (operation: FsOperation, target: string): Use => ({ capability: 'fs', operation, target })

  it('decides every operation under every grant', () => {
    const path = tempDir()
    const grants = parseGrants({
      fs: [
        { path, at: '/rw', access: 'read-write' },
        { path, at: '/rw/inner', access: 'read' },
        { path, at: '/ro', access: 'read' },
      ],
    })
    const gate = createGate('test', grants, () => {})
    const table: [string, boolean, boolean][] = [
      ['/rw', true, true],
      ['/rw/f', true, true],
      ['/rw/inner', true, false],
      ['/rw/inner/f', true, false],
      ['/rw/inner2/f', true, true],
      ['/ro/f', true, false],
      ['/rox/f', false, false],
      ['/', false, false],
      ['/etc/passwd', false, false],
    ]
    for (const [target, read, write] of table) {
      for (const operation of reads)
        expect([target, operation, gate.check(fsUse(operation, target)).allowed]).toEqual([
          target,
          operation,
          read,
        ])
      for (const operation of writes)
        expect([target, operation, gate.check(fsUse(operation, target)).allowed]).toEqual([
          target,
          operation,
          write,
        ])
    }
  })

  it('reports each decision once, with the rule', () => {
    const events: unknown[] = []
    const grants = parseGrants({ env: { A: '1' } })
    const gate = createGate('p', grants, ({ time, ...event }) => events.push([typeof time, event]))
    gate.check({ capability: 'env', operation: 'read', target: 'A' })
    gate.check({ capability: 'env', operation: 'read', target: 'B' })
    const event = { plugin: 'p', capability: 'env', operation: 'read' }
    expect(events).toEqual([
      ['number', { ...event, target: 'A', decision: 'allowed', rule: 'env A' }],
      ['number', { ...event, target: 'B', decision: 'denied', rule: null, reason: 'not granted' }],
    ])
  })

  it('reports what was allowed only while it is heard, and denials always', () => {
    const here = new LiveGrants(parseGrants({ env: { A: '1' } }))
    const there = new RuleState(here.state.buffer)
    const targets: string[] = []
    const sink = ({ target }: AccessEvent) => void targets.push(target)
    const gate = createGate('p', here, sink, () => there.heard())
    const uses = () => {
      for (const target of ['A', 'B']) gate.check({ capability: 'env', operation: 'read', target })
      return targets.splice(0)
    }
    expect(uses()).toEqual(['B'])
    here.state.setHeard(true)
    expect(uses()).toEqual(['A', 'B'])
    here.state.setHeard(false)
    expect(uses()).toEqual(['B'])
    expect(there.version()).toBe(0)
  })

  it('denies what was revoked, on every thread that shares the state', () => {
    const grants = parseGrants({ env: { A: '1' }, net: ['https://a.example'] })
    const here = new LiveGrants(grants)
    let fetched = 0
    const there = new LiveGrants(grants, new RuleState(here.state.buffer), () => {
      fetched++
      return structuredClone(here.latest())
    })
    const gate = createGate('p', there, () => {})
    const read: Use = { capability: 'env', operation: 'read', target: 'A' }
    expect(gate.check(read).allowed).toBe(true)
    grantControl(here).revoke('env A')
    expect(gate.allows(read)).toBe(false)
    expect(gate.check(read).allowed).toBe(false)
    expect(fetched).toBe(1)
    expect(there.current.rules).toEqual(['net https://a.example'])
  })
})

describe('revoking', () => {
  it('takes a rule by its text, or a capability by its name', () => {
    const live = new LiveGrants(parseGrants({ env: { A: '1', AB: '2' }, net: ['https://a.example'] }))
    let changes = 0
    const control = grantControl(live, () => changes++)
    expect(control.revoke('env A')).toBe(1)
    expect(control.grants.rules).toEqual(['env AB', 'net https://a.example'])
    expect(control.revoke('env')).toBe(1)
    expect(control.revoke('env')).toBe(0)
    expect(control.revoke('env A')).toBe(0)
    expect(control.grants.rules).toEqual(['net https://a.example'])
    expect(changes).toBe(2)
    expect(() => control.revoke('env B')).toThrow(expect.objectContaining({ code: 'UNKNOWN_RULE' }))
    expect(() => control.revoke('')).toThrow(expect.objectContaining({ code: 'UNKNOWN_RULE' }))
  })
})

describe('interfaces', () => {
  it('are offered for every version 0.2.x, granted or as a stub that denies', () => {
    const none = parseGrants({})
    for (const version of ['0.2.0', '0.2.3', '0.2.12']) {
      expect(offerOf(`wasi:cli/exit@${version}`, none).kind).toBe('granted')
      expect(offerOf(`wasi:filesystem/types@${version}`, none).kind).toBe('denied-stub')
      expect(offerOf(`wasi:http/outgoing-handler@${version}`, none).kind).toBe('denied-stub')
      expect(offerOf(`wasi:sockets/tcp@${version}`, none).kind).toBe('denied-stub')
    }
    const web = parseGrants({ net: ['https://a.example'] })
    expect(offerOf('wasi:http/types@0.2.0', web).kind).toBe('granted')
    expect(offerOf('wasi:sockets/tcp@0.2.0', web).kind).toBe('denied-stub')
  })

  it.each([
    'wasi:cli/exit',
    'wasi:cli/exit@0.3.0',
    'wasi:cli/exit@0.2.0-rc',
    'wasi:gpu/gpu@0.2.0',
    'acme:site/log',
    'constructor',
    '__proto__',
  ])('%s is unknown', (name) => {
    const offer = offerOf(name, parseGrants({}))
    expect(offer.kind).toBe('unknown')
    expect(offer.fix).not.toBe('')
  })
})

it('a plugin in the thread of its caller has stores, and nothing that has to be waited for', () => {
  const grants = parseGrants({ keyvalue: { default: {} } })
  const services = new Services({ gate: createGate('test', grants, () => {}) }).forCaller()
  services.call('keyvalue.set', ['default', 'a', makeRecord('a', Uint8Array.of(1))])
  expect(services.call('keyvalue.get', ['default', 'a'])).toEqual(Uint8Array.of(1))
  expect(() => services.call('tcp.open', [{ address: '127.0.0.1', port: 1 }])).toThrow(
    expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' }),
  )
})
