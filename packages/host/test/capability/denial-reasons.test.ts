import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ManifestRequests } from '@wasm-plugin/manifest'
import type { AccessEvent, Use } from '@wasm-plugin/wasi'
import { createGate, LiveGrants } from '@wasm-plugin/wasi/instance'
import { describe, expect, it } from 'vitest'
import { grantControl, parseGrants } from '../helpers/grants.js'
import { client } from '../helpers/http-client.js'
import { tempDir } from '../helpers/wasi.js'

const reason = 'x'
const web = (path: string): Use => ({
  ...{ capability: 'net', operation: 'GET', target: `https://a.example${path}` },
  net: { method: 'GET', scheme: 'https', host: 'a.example', port: 443, path },
})
const env = (target: string): Use => ({ capability: 'env', operation: 'read', target })
const file = (operation: 'open' | 'create', target: string): Use => ({ capability: 'fs', operation, target })

/** What the event of each use says: why, and which rule denied it. */
function reasons(grants: unknown, requests: ManifestRequests | undefined, uses: readonly Use[], change = {}) {
  const live = new LiveGrants(parseGrants(grants, requests))
  const events: AccessEvent[] = []
  const gate = createGate('p', live, (event) => events.push(event))
  if (Object.keys(change).length > 0) grantControl(live).narrow(change)
  const decisions = uses.map((use) => gate.check(use))
  expect(events.map(({ reason = null }) => reason)).toEqual(decisions.map(({ reason }) => reason))
  return events.map(({ reason, rule }) => (reason === undefined ? 'allowed' : [reason, rule]))
}

describe('a denial says why', () => {
  it('when the manifest does not ask for it, and when the host does not grant it', () => {
    const path = tempDir()
    const grants = {
      env: { A: '1' },
      fs: [{ path, at: '/d', access: 'read-write' }],
      net: ['https://a.example'],
    }
    const requests: ManifestRequests = {
      env: [{ key: 'B', reason }],
      fs: [
        { at: '/d', access: 'read', reason },
        { at: '/e', access: 'read', reason },
      ],
      net: [{ allow: 'https://a.example/v1/**', reason }],
    }
    const uses = [
      env('A'),
      env('B'),
      env('C'),
      file('create', '/d/f'),
      file('open', '/e/f'),
      file('open', '/x'),
    ]
    expect(reasons(grants, requests, [...uses, web('/v2/x'), web('/v1/x')])).toEqual([
      ['not asked for', null],
      ['not granted', null],
      ['not asked for', null],
      ['not asked for', null],
      ['not granted', null],
      ['not asked for', null],
      ['not asked for', null],
      'allowed',
    ])
    expect(reasons({}, requests, [web('/v1/x')])).toEqual([['not granted', null]])
    expect(reasons({}, undefined, [env('A'), web('/')])).toEqual([
      ['not granted', null],
      ['not granted', null],
    ])
  })

  it('when a rule denies it, with the rule', () => {
    const grants = { net: ['https://a.example', '!GET https://a.example/admin/**'] }
    expect(reasons(grants, undefined, [web('/%61dmin;x/y'), web('/x')])).toEqual([
      ['denied by rule', 'net !GET https://a.example/admin/**'],
      'allowed',
    ])
  })

  it('when it was taken back while the plugin runs', () => {
    const path = tempDir()
    mkdirSync(join(path, 'in'))
    const grants = {
      ...{ env: { A: '1' }, config: { x: '1' }, keyvalue: { s: {} }, net: ['https://a.example'] },
      fs: [{ path, at: '/d', access: 'read-write' }],
    }
    const config: Use = { capability: 'config', operation: 'get', target: 'x' }
    const store: Use = { capability: 'keyvalue', operation: 'get', target: 's/k', store: 's' }
    const uses = [
      env('A'),
      config,
      store,
      web('/'),
      file('create', '/d/in/f'),
      file('open', '/d/f'),
      env('B'),
    ]
    const change = {
      ...{ env: {}, config: {}, keyvalue: {}, net: ['!https://a.example/x'] },
      fs: [{ path: join(path, 'in'), at: '/d/in', access: 'read' }],
    }
    expect(reasons(grants, undefined, [...uses, web('/x')], change)).toEqual([
      ...Array.from({ length: 6 }, () => ['taken back', null]),
      ['not granted', null],
      ['denied by rule', 'net !https://a.example/x'],
    ])
  })

  it('in the error too', async () => {
    const { open } = client(['http://127.0.0.1:*', '!http://127.0.0.1:*/x'])
    await expect(open('127.0.0.1:1', { pathWithQuery: '/x' })).rejects.toMatchObject({
      payload: { tag: 'HTTP-request-denied' },
      message: 'HTTP-request-denied: denied by rule',
    })
  })
})
