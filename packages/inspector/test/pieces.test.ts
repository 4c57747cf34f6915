import { describe, expect, it } from 'vitest'
import { missingGrant, Sampler, type UseEntry } from '#internal'

const use = (facts: Partial<UseEntry>): UseEntry => ({
  ...{ kind: 'use', sequence: 1, at: 0, plugin: 'a', call: null, isAllowed: false, rule: null },
  ...{ capability: 'fs', operation: 'open', target: '/data/a.txt', reason: 'not granted' },
  ...facts,
})

describe('the grant that is missing', () => {
  it.each([
    [{}, `fs: [{ path: '…', at: "/data", access: 'read' }]`],
    [{ operation: 'unlink' }, `fs: [{ path: '…', at: "/data", access: 'read-write' }]`],
    [{ target: '/a' }, `fs: [{ path: '…', at: "/", access: 'read' }]`],
    [
      { capability: 'net', operation: 'GET', target: 'https://a.example/x' },
      'net: ["GET https://a.example/x"]',
    ],
    [
      { capability: 'net', operation: 'connect', target: 'tcp://a.example:25' },
      'net: ["tcp://a.example:25"]',
    ],
    [{ capability: 'env', operation: 'read', target: 'LANG' }, `env: { LANG: '…' }`],
    [{ capability: 'env', operation: 'read', target: '__proto__' }, `env: { ["__proto__"]: '…' }`],
    [{ capability: 'config', operation: 'get', target: 'a.b' }, `config: { ["a.b"]: '…' }`],
    [{ capability: 'keyvalue', operation: 'open', target: 'notes' }, 'keyvalue: { notes: {} }'],
    [{ capability: 'app.mail', operation: 'send', target: 'a@b.example' }, 'app: { mail: ["a@b.example"] }'],
  ])('of %o', (facts, grant) => {
    expect(missingGrant(use(facts))).toMatchObject({ grant, manifest: null })
  })

  it('has what a plugin chose as string literals alone', () => {
    const target = `'"\`, x: (() => alert(1))(), y: '`
    for (const capability of ['fs', 'net', 'env', 'config', 'keyvalue', 'app.x', 'constructor']) {
      const { grant } = missingGrant(use({ capability, target }))
      const read = new Function('alert', `return { ${grant} }`)
      expect(() => read(() => expect.unreachable())).not.toThrow()
    }
  })

  it('is first one that the manifest asks for, where it does not', () => {
    const { manifest, grant } = missingGrant(use({ reason: 'not asked for' }))
    expect(JSON.parse(`{${manifest}}`)).toEqual({ fs: [{ at: '/data', access: 'read', reason: '…' }] })
    expect(grant).not.toBeNull()
  })

  it('is none where a rule denies', () => {
    const denied = missingGrant(use({ reason: 'denied by rule', rule: '!https://a.example/x' }))
    expect(denied).toMatchObject({
      manifest: null,
      grant: null,
      says: expect.stringContaining('!https://a.example/x'),
    })
  })
})

describe('a sample', () => {
  it('has so many and no more', () => {
    const sampler = new Sampler(50)
    for (let turn = 0; turn < 3; turn++) {
      const taken = Array.from({ length: 10_000 }, (_, i) => sampler.takes('call', `plugin ${i % 1_000}`))
      expect(taken.filter(Boolean).length).toBeLessThanOrEqual(50)
      expect(taken.filter(Boolean).length).toBeGreaterThan(25)
      sampler.next()
    }
  })

  it('has something of each kind and of each plugin beside one that floods', () => {
    const sampler = new Sampler(50)
    for (let i = 0; i < 10_000; i++) {
      sampler.takes('denied', 'loud')
      sampler.takes('log', 'loud')
    }
    expect(sampler.takes('denied', 'still')).toBe(true)
    expect(sampler.takes('allowed', 'loud')).toBe(true)
    expect(sampler.takes('rare', 'loud')).toBe(true)
  })
})
