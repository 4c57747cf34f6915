import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { findDenial, parseNetPattern } from '@wasm-plugin/manifest/grammar'
import { parseWebTarget } from '@wasm-plugin/wasi'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { fc } from '../../../../test/property.js'
import { tries } from '../../../../test/seed.js'
import { attack } from '../helpers/attack.js'
import { isBuilt, loadGuest } from '../helpers/guests.js'
import { client } from '../helpers/http-client.js'
import {
  hasWebServers,
  readAnswer,
  startWebServers,
  type Understood,
  type WebServer,
} from '../helpers/web-servers.js'

const ORIGIN = 'http://127.0.0.1:*'
const DENIALS = ['/admin/**', '/one', '/public/admin/**', '/public/a/b']
const PLACES = [
  '/admin/users/1',
  '/admin/x',
  '/one',
  '/public/a',
  '/public/a/b',
  '/public/admin/x',
  '/',
  '/x',
]

/** What hides a path from those who compare text. */
const MARKS = [
  ...[
    '/',
    '//',
    './',
    '../',
    'x/../',
    '\\',
    '..\\',
    '*',
    '/**',
    '.',
    ';',
    ';x=1',
    ';x/',
    '..;/',
    '?',
    '#',
    '%',
  ],
  ...[
    '%2e',
    '%2E%2e',
    '%2e/',
    '..%2f',
    '%2f',
    '%2F%2F',
    '%5c',
    '%3b',
    '%3Bx',
    '%20',
    '%00',
    '%09',
    '%3f',
    '%23x',
  ],
  ...['%252f', '%252e%252e%252f', '%25', '%2525', '%c0%af', '%c0%ae', '%e0%80%af', '%ef%bc%8f', '%ef%bc%8e'],
  ...['%c2%ad', '%e2%80%8b', '%u002f', '%u002e', '%e9', '%7f', '%a0', '~', '::$DATA'],
]

const hex = (character: string, prefix = '%') =>
  `${prefix}${character.charCodeAt(0).toString(16).padStart(2, '0')}`

type Spelling = (path: string, at: number) => string
const replaced =
  (change: (character: string) => string): Spelling =>
  (path, at) =>
    path.slice(0, at) + change(path.charAt(at) || '/') + path.slice(at + 1)

const SPELLINGS: readonly Spelling[] = [
  replaced((character) => hex(character)),
  replaced((character) => hex(character).toUpperCase()),
  replaced((character) => hex(character, '%25')),
  replaced((character) => hex(character, '%2525')),
  replaced((character) => hex(character).replace(/[0-9a-f]/g, (digit) => hex(digit))),
  replaced((character) => `%c1%${(0x80 | (character.charCodeAt(0) & 0x3f)).toString(16)}`),
  replaced((character) => encodeURIComponent(String.fromCodePoint(character.charCodeAt(0) + 0xfee0))),
  replaced((character) => `%u00${hex(character, '')}`),
  replaced((character) =>
    character === character.toUpperCase() ? character.toLowerCase() : character.toUpperCase(),
  ),
  (path) => `//host${path}`,
  (path) => `/\\host${path}`,
  (path) => `///${path}`,
  (path) => `/x/..${path}`,
  (path) => `http://host${path}`,
  (path, at) => `${path}${MARKS[at % MARKS.length]}`,
  ...MARKS.map(
    (mark): Spelling =>
      (path, at) =>
        path.slice(0, at) + mark + path.slice(at),
  ),
]

/** Between segments as often as inside of them. */
const place = (path: string, at: number) => {
  const slashes = [...path.matchAll(/\//g)].flatMap(({ index }) => [index, index + 1])
  return at % 2 === 0 ? (slashes[(at >> 1) % slashes.length] ?? 0) : (at >> 1) % (path.length + 1)
}

const path = fc
  .tuple(
    fc.constantFrom(...PLACES),
    fc.array(fc.tuple(fc.constantFrom(...SPELLINGS), fc.nat(1 << 10)), { minLength: 1, maxLength: 4 }),
  )
  .map(([start, spellings]) => spellings.reduce((text, [spell, at]) => spell(text, place(text, at)), start))

const method = fc.constantFrom('GET', 'GET', 'get', 'POST', 'DELETE', 'delete', 'DeLeTe', 'PATCH', 'pAtCh')

const grants = fc.record({
  allow: fc.constantFrom(
    [ORIGIN],
    [`${ORIGIN}/public/**`, `POST ${ORIGIN}`],
    [`GET ${ORIGIN}`, `${ORIGIN}/one`],
  ),
  deny: fc
    .subarray([...DENIALS.map((denial) => ORIGIN + denial), `DELETE ${ORIGIN}`, `PATCH ${ORIGIN}/public/**`])
    .map((rules) => rules.map((rule) => `!${rule}`)),
})

/** Whether a rule names what a server understood, told by the plainest comparison of text. */
function isNamed(rules: readonly string[], understood: Understood, end = ''): boolean {
  return rules.some((rule) => {
    const [, method, path = ''] = /^!?(?:([A-Z]+) )?http:\/\/[^/]*(.*)$/.exec(rule) ?? []
    if (method !== undefined && understood.method !== null && method !== understood.method) return false
    if (path === '') return true
    if (!path.endsWith('/**')) return understood.path === path
    return `${understood.path}${end}`.startsWith(path.slice(0, -2))
  })
}

describe.skipIf(!hasWebServers)('a request that a grant does not allow', () => {
  let servers: readonly WebServer[] = []
  beforeAll(async () => {
    const started = await startWebServers()
    servers = started.servers
    return () => started[Symbol.dispose]()
  })

  attack(
    'B60',
    'Spells a denied path or method so that a rule does not see it and a server does',
    'nothing is sent that nginx, Apache, lighttpd or Node would take to a denied place, or out of an allowed one',
    async () => {
      const seen = { pairs: 0, sent: 0, understood: 0, held: 0 }
      await fc.assert(
        fc.asyncProperty(grants, method, path, async ({ allow, deny }, method, pathWithQuery) => {
          seen.pairs++
          const { fetch } = client([...allow, ...deny])
          const open = client([ORIGIN])
          for (const { name, port } of servers) {
            const ask = async (as: typeof fetch) => {
              const answer = await as(`127.0.0.1:${port}`, { method, pathWithQuery })
              if (typeof answer !== 'string') return readAnswer(answer)
              if (/^HTTP-request-(denied|URI-invalid)$/.test(answer)) return undefined
              throw new Error(`${name}: ${answer}`)
            }
            const understood = await ask(fetch)
            if (understood === undefined) {
              const without = await ask(open.fetch)
              if (without && (!isNamed(allow, without, '/') || isNamed(deny, without))) seen.held++
              continue
            }
            seen.sent++
            if (understood === null) continue
            seen.understood++
            const said = `${name} understood ${JSON.stringify(understood)}`
            expect(isNamed(deny, understood), said).toBe(false)
            expect(isNamed(allow, understood, '/'), said).toBe(true)
          }
        }),
        { numRuns: tries(1_000) },
      )
      expect(seen.understood, 'what was sent and understood').toBeGreaterThan(500)
      expect(seen.held, 'what would have come to a place where it must not').toBeGreaterThan(500)
    },
    tries(120_000),
  )
})

describe.skipIf(!isBuilt('rust'))('a program with a grant for all of a host but a part', () => {
  async function serve() {
    const requests: string[] = []
    const server = createServer((request, response) => {
      requests.push(`${request.method} ${request.url}`)
      response.end('hello')
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    return { requests, authority: `127.0.0.1:${(server.address() as AddressInfo).port}` }
  }

  attack(
    'B61',
    'Writes a denied method in small letters, which Node sends in capitals',
    'denied: methods are compared as they are sent, and reported so',
    async () => {
      const { requests, authority } = await serve()
      const { run, host } = await loadGuest('rust', {
        grants: { net: [`http://${authority}`, `!DELETE http://${authority}`] },
      })
      const reports: string[] = []
      host.on('denied', ({ operation }) => reports.push(operation))
      host.on('allowed', ({ operation }) => reports.push(operation))
      for (const method of ['delete', 'DELETE', 'dElEtE'])
        expect(await run('http', method, 'http', authority, '/')).toBe('!http-request-denied')
      expect(await run('http', 'propFind', 'http', authority, '/')).toBe('200 hello')
      expect(requests).toEqual(['PROPFIND /'])
      expect(reports).toEqual(['DELETE', 'DELETE', 'DELETE', 'PROPFIND'])
    },
  )

  attack(
    'B62',
    'Names a denied method or path in a field that servers prefer to the request line',
    'the field is forbidden',
    async () => {
      const { requests, authority } = await serve()
      const { run } = await loadGuest('rust', { grants: { net: [`http://${authority}`] } })
      for (const [name, value] of [
        ['x-http-method-override', 'DELETE'],
        ['X-HTTP-Method', 'DELETE'],
        ['x-method-override', 'DELETE'],
        ['X-Original-URL', '/admin'],
        ['x-rewrite-url', '/admin'],
      ] as const)
        expect(await run('http-with-field', `http://${authority}/`, name, value)).toMatch(/^!/)
      expect(requests).toEqual([])
    },
  )

  attack(
    'B63',
    'Asks for a path that only some servers decode: overlong UTF-8, %u escapes, dots with spaces',
    'denied where a path is denied, and where a path is allowed',
    async () => {
      const { requests, authority } = await serve()
      const denying = await loadGuest('rust', {
        grants: { net: [`http://${authority}`, `!http://${authority}/admin/**`] },
      })
      const allowing = await loadGuest('rust', { grants: { net: [`http://${authority}/public/**`] } })
      for (const path of [
        ...['/%c1%a1dmin/x', '/%u0061dmin/x', '/public/%c0%ae%c0%ae/admin/x', '/public/%2e%2e%20/admin/x'],
        ...[
          '/public/..%20/x',
          '/public/..;/x',
          '/public/%252e%252e/x',
          '/public/%e2%80%a5/x',
          '/public/x%00/y',
        ],
      ])
        for (const { run } of [denying, allowing])
          expect([path, await run('http', 'GET', 'http', authority, path)]).toEqual([
            path,
            '!http-request-denied',
          ])
      expect(requests).toEqual([])
    },
  )
})

describe('a denial of a path', () => {
  const deny = (denial: string, path: string) => {
    const web = parseWebTarget({ method: 'GET', scheme: 'http', authority: 'a.test', pathWithQuery: path })
    if (typeof web === 'string') return web
    return findDenial([parseNetPattern(`http://a.test${denial}`)], web.target) !== undefined
  }

  it.each([
    ...['/', '/administration/x', '/admin', '/files/admin/x', '/a%20b/c', '/caf%C3%A9/', '/caf%E9', '/100%'],
    ...[
      '/a;v=1/admin',
      '/projects/a%2Fb/issues',
      '/x?path=/admin/y',
      '/v1/models/x:generate',
      '/a.b/c..d',
      '/ADMI',
    ],
    ...[
      '/x%3F/admin/y',
      '/x%23y',
      '/~user/admin/',
      '/*',
      '/a,b(c)',
      '/x//y',
      '/.well-known/x',
      '/..well',
      '/a/%E6%97%A5',
    ],
  ])('leaves %s alone', (path) => expect(deny('/admin/**', path)).toBe(false))

  it.each([
    ['/admin/**', '/admin/'],
    ['/admin/**', '/ADMIN/x'],
    ['/admin/**', '/admin%2Fx'],
    ['/admin/**', '//other/admin/x'],
    ['/admin/**', '/admin;a=b/x'],
    ['/admin/**', '/admin./x'],
    ['/admin/**', '/admin%20/x'],
    ['/admin/**', '/x%2f..%2fadmin/x'],
    ['/admin/**', '/%EF%BD%81dmin/x'],
    ['/admin/**', '/ad%C2%ADmin/x'],
    ['/admin', '/admin/'],
    ['/admin', '/admin%3Fx'],
    ['/admin', '/admin%23'],
    ['/admin', '/admin;x'],
    ['/a.txt', '/a.txt::$DATA'],
    ['/a;b', '/a;b'],
    ['/stra%C3%9Fe', '/STRASSE'],
    ['/', '//'],
  ])('of %s covers %s', (denial, path) => expect(deny(denial, path)).toBe(true))

  it('names a path with a parameter, and not the one without it', () => {
    expect(deny('/a;b/**', '/a/x')).toBe(false)
  })
})
