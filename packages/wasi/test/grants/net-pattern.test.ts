import {
  canonicalHost,
  canonicalPath,
  matchesNetRule,
  type NetTarget,
  parseNetPattern,
  printNetPattern,
} from '@wasm-plugin/manifest/grammar'
import { parseWebTarget } from '@wasm-plugin/wasi'
import { createGate } from '@wasm-plugin/wasi/instance'
import { describe, expect, it } from 'vitest'
import { fc } from '../../../../test/property.js'
import { tries } from '../../../../test/seed.js'
import { parseGrants } from '../helpers/open.js'

const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/)
const domain = fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join('.'))
const segment = fc.stringMatching(/^[a-zA-Z0-9_-]{1,8}$/)
const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join('/')}`)
const port = fc.integer({ min: 1, max: 65_535 })
const maybe = <T>(arb: fc.Arbitrary<T>) => fc.option(arb, { nil: undefined })

const pattern = fc
  .record({
    method: maybe(fc.constantFrom('GET', 'POST', 'PROPFIND')),
    scheme: fc.constantFrom('http', 'https'),
    wildcard: fc.boolean(),
    host: domain,
    port: maybe(fc.oneof(port, fc.constant('*'))),
    path: maybe(path),
    below: fc.boolean(),
  })
  .map((p) =>
    [
      p.method === undefined ? '' : `${p.method} `,
      `${p.scheme}://${p.wildcard ? '*.' : ''}${p.host}`,
      p.port === undefined ? '' : `:${p.port}`,
      p.path === undefined ? '' : `${p.path}${p.below ? '/**' : ''}`,
    ].join(''),
  )

const target = fc
  .record({
    method: fc.constantFrom('GET', 'POST'),
    scheme: fc.constantFrom('http', 'https'),
    host: domain,
    port,
    path,
  })
  .map((t): NetTarget => t as NetTarget)

/** A target and patterns that have much in common with it: patterns made apart from targets hardly ever match one. */
const targetWithPatterns = target.chain((t) => {
  const [, parent = ''] = t.host.split(/\.(.*)/s)
  const around = fc
    .record({
      method: fc.constantFrom('', '', `${t.method} `, 'PUT '),
      scheme: fc.constantFrom(t.scheme, t.scheme, t.scheme, 'https'),
      host: fc.constantFrom(
        t.host,
        t.host,
        parent.includes('.') ? `*.${parent}` : t.host,
        `*.${t.host}`,
        'b.test',
      ),
      port: fc.constantFrom(`:${t.port}`, ':*', ':1'),
      path: fc.constantFrom('', t.path, `${t.path?.replace(/\/[^/]+$/, '')}/**`, `${t.path}x`),
    })
    .map((p) => `${p.method}${p.scheme}://${p.host}${p.port}${p.path}`)
  return fc.tuple(fc.constant(t), around, around)
})

/** What a pattern says, worked out from its text in the plainest way, without the parser under test. */
function says(text: string, t: NetTarget): boolean {
  const [first = '', second] = text.split(' ')
  const [method, rest] = second === undefined ? [undefined, first] : [first, second]
  const [scheme, after = ''] = rest.split('://')
  const slash = after.indexOf('/')
  const [authority, tail] = slash === -1 ? [after, undefined] : [after.slice(0, slash), after.slice(slash)]
  const [name = '', number] = authority.split(':')
  const wanted = number ?? (scheme === 'https' ? '443' : '80')
  return (
    (method === undefined || method === t.method) &&
    scheme === t.scheme &&
    (wanted === '*' || wanted === String(t.port)) &&
    (name.startsWith('*.')
      ? t.host.endsWith(name.slice(1)) && t.host.length >= name.length
      : name === t.host) &&
    (tail === undefined ||
      (tail.endsWith('/**') ? t.path?.startsWith(tail.slice(0, -2)) === true : tail === t.path))
  )
}

describe('network patterns', () => {
  it('survive parse and print', () => {
    fc.assert(
      fc.property(pattern, (text) => {
        const rule = parseNetPattern(text)
        expect(parseNetPattern(printNetPattern(rule))).toEqual(rule)
      }),
    )
  })

  it('match what they say and nothing more', () => {
    fc.assert(
      fc.property(pattern, target, (text, t) => {
        expect(matchesNetRule(parseNetPattern(text), t)).toBe(says(text, t))
      }),
      { numRuns: tries(2_000) },
    )
    // Random targets seldom match; targets made from the pattern do.
    fc.assert(
      fc.property(pattern, label, port, (text, extra, other) => {
        const rule = parseNetPattern(text)
        const t: NetTarget = {
          method: rule.method ?? 'GET',
          scheme: rule.scheme,
          host: rule.wildcard ? `${extra}.${rule.host}` : rule.host,
          port: rule.port === '*' ? other : rule.port,
          path: rule.below ? `${rule.path}/${extra}` : (rule.path ?? '/'),
        }
        expect(matchesNetRule(rule, t)).toBe(true)
        // A label that no pattern here has.
        expect(matchesNetRule(rule, { ...t, host: `${t.host}.not-this.test` })).toBe(false)
        expect(matchesNetRule(rule, { ...t, host: `evil${t.host}` })).toBe(rule.wildcard)
        if (rule.path !== null) {
          const moved = `/x${t.path}`
          const isBelow = rule.below && moved.startsWith(`${rule.path}/`)
          expect(matchesNetRule(rule, { ...t, path: moved })).toBe(isBelow)
        }
        // One character away from matching, on either side of the dot and the slash.
        if (rule.wildcard)
          for (const host of [rule.host, `.${rule.host}`, `${extra}${rule.host}`])
            expect(matchesNetRule(rule, { ...t, host })).toBe(false)
        if (rule.below)
          for (const near of [`${rule.path}`, `${rule.path}${extra}`])
            expect(matchesNetRule(rule, { ...t, path: near })).toBe(false)
      }),
    )
  })

  it('match below a path that repeats', () => {
    const target = { method: 'GET', scheme: 'http', host: 'a.a', port: 80, path: '/x/x/a' } as const
    expect(matchesNetRule(parseNetPattern('http://a.a/x/**'), target)).toBe(true)
    expect(matchesNetRule(parseNetPattern('http://a.a/x/a'), target)).toBe(false)
  })

  it('that deny win over every pattern that allows', () => {
    let denials = 0
    fc.assert(
      fc.property(targetWithPatterns, ([t, allow, deny]) => {
        const grants = parseGrants({ net: [allow, `!${deny}`] })
        const gate = createGate('test', grants, () => {})
        const use = { capability: 'net', operation: 'GET', target: '', net: t } as const
        if (says(allow, t) && says(deny, t)) denials++
        expect(gate.check(use).allowed).toBe(says(allow, t) && !says(deny, t))
      }),
      { numRuns: tries(2_000) },
    )
    expect(denials, 'runs in which there was something to win').toBeGreaterThan(50)
  })

  it('are cut down by what the manifest asks for', () => {
    let cuts = 0
    fc.assert(
      fc.property(targetWithPatterns, ([t, allow, asked]) => {
        const grants = parseGrants({ net: [allow] }, { net: [{ allow: asked, reason: 'x' }] })
        const gate = createGate('test', grants, () => {})
        const use = { capability: 'net', operation: 'GET', target: '', net: t } as const
        if (says(allow, t) && !says(asked, t)) cuts++
        expect(gate.check(use).allowed).toBe(says(allow, t) && says(asked, t))
      }),
      { numRuns: tries(2_000) },
    )
    expect(cuts, 'runs in which there was something to cut').toBeGreaterThan(50)
  })

  it.each([
    ['https://api.example.com:443', 'https://api.example.com'],
    ['http://API.Example.COM.', 'http://api.example.com'],
    ['https://example.com/**', 'https://example.com'],
    ['http://127.1:8080', 'http://127.0.0.1:8080'],
    ['http://[0:0::1]:80', 'http://[::1]'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['tcp://db.example:5432', 'tcp://db.example:5432'],
    ['dns://*.example.com', 'dns://*.example.com'],
    ['http://127.0.0.1:*/notice.json', 'http://127.0.0.1:*/notice.json'],
  ])('%s means %s', (text, canonical) => expect(printNetPattern(parseNetPattern(text))).toBe(canonical))

  it.each([
    '',
    '*',
    'https://',
    'https://*',
    'https://*.com',
    'https://a*.example.com',
    'https://a.*.com',
    'https://*.*.example.com',
    'https://*.1.2.3',
    'https://user@example.com',
    'https://example.com/a?b',
    'https://example.com/a#b',
    'https://example.com/*',
    'https://example.com/a*/**',
    'https://example.com/a/../b',
    'https://example.com/%2e%2e/b',
    'https://example.com/a%2fb',
    'https://example.com//**',
    'https://example.com:0',
    'https://example.com:99999',
    'https://example.com: 80',
    'ftp://example.com',
    'HTTPS://example.com',
    'get https://example.com',
    'GET  https://example.com',
    'GET tcp://example.com:1',
    'tcp://example.com',
    'tcp://example.com:1/x',
    'dns://example.com:53',
    'https://exa mple.com',
    'https://example.com\n',
    'https://[::1',
    `https://${'a'.repeat(3_000)}.com`,
  ])('%j is refused with its reason', (text) =>
    expect(() => parseNetPattern(text)).toThrow(expect.objectContaining({ code: 'NET_PATTERN_INVALID' })),
  )
})

describe('targets', () => {
  it('agree with the WHATWG URL parser on every part, or are refused', () => {
    const piece = fc.oneof(
      fc.webAuthority(),
      fc.stringMatching(/^[a-zA-Z0-9.:@[\]%\\/?#-]{0,20}$/),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.constantFrom('http', 'https'), piece, fc.webPath(), (scheme, authority, webPath) => {
        const pathWithQuery = webPath === '' ? '/' : webPath
        const parsed = parseWebTarget({ method: 'GET', scheme, authority, pathWithQuery })
        if (typeof parsed === 'string') return
        const url = new URL(`${scheme}://${authority}${pathWithQuery}`)
        expect([url.username, url.password, url.hash]).toEqual(['', '', ''])
        expect(parsed.target.host).toBe(url.hostname.replace(/\.$/, ''))
        expect(parsed.target.port).toBe(Number(url.port || (scheme === 'http' ? 80 : 443)))
        expect(parsed.wirePath).toBe(canonicalPath(url.pathname) + url.search)
      }),
      { numRuns: tries(3_000) },
    )
  })

  it.each(['a..', '&..', 'a..b', '..a', 'example.com..'])('are no host with an empty label: %s', (text) => {
    expect(canonicalHost(text)).toBeNull()
  })

  it('have one spelling for a host', () => {
    fc.assert(
      fc.property(fc.oneof(fc.domain(), fc.ipV4(), fc.ipV4Extended(), fc.string()), (text) => {
        const host = canonicalHost(text)
        if (host !== null) expect(canonicalHost(host)).toBe(host)
      }),
      { numRuns: tries(2_000) },
    )
  })
})
