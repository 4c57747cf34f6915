import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { Learner } from '@wasm-plugin/embed/internal'
import { type AccessEvent, createHost, type GrantsInput } from '@wasm-plugin/host'
import { matchesNetRule, type NetTarget, parseNetPattern } from '@wasm-plugin/manifest/grammar'
import type { FsOperation, Use } from '@wasm-plugin/wasi'
import { createGate } from '@wasm-plugin/wasi/instance'
import { describe, expect, it, onTestFinished } from 'vitest'
import { grantPorts } from '#internal'
import { fc } from '../../../test/property.js'
import { tries } from '../../../test/seed.js'
import { attack } from './helpers/attack.js'
import { parseGrants } from './helpers/grants.js'
import { keeper, noRust, runs } from './helpers/keeper.js'
import { tempDir } from './helpers/wasi.js'

/** The same scope and uses, as a plugin would make them, and what is learned of them. */
function learn(scope: GrantsInput, uses: readonly Use[]) {
  const grants = parseGrants(scope)
  const learner = new Learner(scope, grants, grantPorts.paths)
  const allowed: Use[] = []
  const gate = createGate('p', grants, (event) => learner.take(event))
  for (const use of uses) if (gate.check(use).allowed) allowed.push(use)
  return { learned: learner.learned(), leftOut: learner.leftOut(), allowed }
}

const denied = (grants: GrantsInput, uses: readonly Use[]): Use[] => {
  const gate = createGate('p', parseGrants(grants), () => {})
  return uses.filter((use) => !gate.allows(use))
}

/** `grants` without one of its rules, for each of them. */
function* withoutOne({ fs = [], net = [], env = {}, config = {}, keyvalue = {}, ...rest }: GrantsInput) {
  const patterns = Array.isArray(net) ? net : net.allow
  const all = { fs, net: patterns, env, config, keyvalue, ...rest }
  for (const entry of fs) yield { ...all, fs: fs.filter((other) => other !== entry) }
  for (const entry of patterns) yield { ...all, net: patterns.filter((other) => other !== entry) }
  for (const [name, record] of Object.entries({ env, config, keyvalue }))
    for (const key of Object.keys(record))
      yield { ...all, [name]: Object.fromEntries(Object.entries(record).filter(([other]) => other !== key)) }
}

function web(method: string, url: string): Use {
  const { protocol, hostname, port, pathname } = new URL(url)
  const scheme = protocol.slice(0, -1) as 'http'
  const net: NetTarget = {
    ...{ method, scheme, host: hostname, path: pathname },
    port: port === '' ? (scheme === 'http' ? 80 : 443) : Number(port),
  }
  return { capability: 'net', operation: method, target: url, net }
}

function socket(scheme: 'tcp' | 'udp', host: string, port: number): Use {
  const net = { method: null, scheme, host, port, path: null }
  return { capability: 'net', operation: 'connect', target: `${scheme}://${host}:${port}`, net }
}

function lookup(host: string): Use {
  const net = { method: null, scheme: 'dns', host, port: null, path: null } as const
  return { capability: 'net', operation: 'resolve', target: `dns://${host}`, net }
}

const file = (operation: FsOperation, target: string): Use => ({ capability: 'fs', operation, target })

describe('what is learned of the network', () => {
  const learned = (scope: string[], ...uses: Use[]) => learn({ net: scope }, uses).learned.net
  const url = 'https://api.example.com'

  it('is the method, host and path of each request', () => {
    expect(
      learned(['https://*.example.com'], web('GET', `${url}/v1/a`), web('POST', `${url}:443/v1/b`)),
    ).toEqual([`GET ${url}/v1/a`, `POST ${url}/v1/b`])
  })

  it('is the folder that many paths share, and never more than one of the root', () => {
    const many = (prefix: string) =>
      Array.from({ length: 20 }, (_, i) => web('GET', `${url}${prefix}/${i}/x`))
    expect(learned([url], ...many('/v1/items'))).toEqual([`GET ${url}/v1/items/**`])
    expect(learned([url], ...many('/v1'), ...many('/v2'))).toEqual([`GET ${url}/v1/**`, `GET ${url}/v2/**`])
    const atRoot = Array.from({ length: 20 }, (_, i) => web('GET', `${url}/${i}`))
    expect(learned([url], ...atRoot)).toHaveLength(20)
  })

  it('is no path or method that the grammar cannot say: those are left out, and said', () => {
    const uses = [web('GET', `${url}/a/..%2Fb`), web('FOO_BAR', `${url}/a`), web('GET', `${url}/a/**`)]
    const { learned, leftOut } = learn({ net: [url] }, [...uses, web('M-SEARCH', `${url}/a`)])
    expect(learned.net).toEqual([`M-SEARCH ${url}/a`])
    const reason = 'no pattern names it and nothing else'
    expect(leftOut).toEqual([
      `GET ${url}/a/..%2Fb: ${reason}`,
      `FOO_BAR ${url}/a: ${reason}`,
      `GET ${url}/a/**: ${reason}`,
    ])
  })

  it('is the port and the name of a socket, with the look-up of its name', () => {
    const scope = ['tcp://*.example.com:*', 'udp://1.1.1.1:53', 'dns://*.example.com']
    const uses = [
      lookup('db.example.com'),
      socket('tcp', 'db.example.com', 5432),
      lookup('other.example.com'),
    ]
    expect(learned(scope, ...uses, socket('udp', '1.1.1.1', 53))).toEqual([
      'dns://other.example.com',
      'tcp://db.example.com:5432',
      'udp://1.1.1.1:53',
    ])
  })
})

describe('what is learned of files', () => {
  it('is the folder of each, with the access that was used', () => {
    const base = tempDir()
    for (const dir of ['in/deep', 'out']) mkdirSync(join(base, dir), { recursive: true })
    writeFileSync(join(base, 'in/a'), '')
    const scope: GrantsInput = { fs: [{ path: base, at: '/d', access: 'read-write', maxOpen: 5 }] }
    const { fs } = learn(scope, [
      file('open', '/d/in/a'),
      file('readdir', '/d/in/deep'),
      file('create', '/d/out/x'),
      file('stat', '/d/out/new/missing'),
    ]).learned
    expect(fs).toEqual([
      { path: join(base, 'in'), at: '/d/in', access: 'read', maxOpen: 5 },
      { path: join(base, 'out'), at: '/d/out', access: 'read-write', maxOpen: 5 },
    ])
  })

  it('is the folder around many, and never more than the scope', () => {
    const base = tempDir()
    const dirs = Array.from({ length: 12 }, (_, i) => `posts/${i}`)
    for (const dir of [...dirs, 'posts/secret']) mkdirSync(join(base, dir), { recursive: true })
    const scope: GrantsInput = {
      fs: [
        { path: base, at: '/d', access: 'read-write' },
        { path: join(base, 'posts/secret'), at: '/d/posts/secret', access: 'read' },
      ],
    }
    const { fs } = learn(
      scope,
      dirs.map((dir) => file('create', `/d/${dir}/x`)),
    ).learned
    expect(fs?.map((input) => [input.at, 'access' in input && input.access])).toEqual([
      ['/d/posts', 'read-write'],
      ['/d/posts/secret', 'read'],
    ])
  })

  it('is no more than the first of very many, and says so', () => {
    const base = tempDir()
    const scope: GrantsInput = { fs: [{ path: base, at: '/d', access: 'read-write' }] }
    const flood = Array.from({ length: 10_001 }, (_, i) => file('stat', `/d/${i}/x`))
    const { learned, leftOut } = learn(scope, flood)
    expect(learned.fs).toEqual([{ path: base, at: '/d', access: 'read' }])
    expect(leftOut).toEqual(['stat fs read-write /d: more than 10000 uses'])
  })

  attack(
    'A73',
    'Gives files names with marks of direction while it is found out what it needs, to be granted more',
    'what is granted for such a name is the folder that it is in; where even that is not known it is left out, and said',
    () => {
      const base = tempDir()
      for (const dir of ['in', 'in/\\u{202e}', 'out']) mkdirSync(join(base, dir))
      const scope: GrantsInput = { fs: [{ path: base, at: '/d', access: 'read-write' }] }
      const names = [
        file('open', '/d/in/\u202e'),
        file('stat', '/d/\u202e/f'),
        file('create', '/d/out/\u202e'),
      ]
      const { learned, leftOut } = learn(scope, names)
      expect(learned.fs).toEqual([{ path: join(base, 'out'), at: '/d/out', access: 'read-write' }])
      expect(leftOut.map((line) => line.split(':')[0])).toEqual([
        'open /d/in/\\u{202e}',
        'stat /d/\\u{202e}/f',
      ])
    },
  )

  attack(
    'A74',
    'Makes a link out of its directory while it is found out what it needs',
    'the link is no folder to grant: the one that it lies in is',
    () => {
      const [base, secret] = [tempDir(), tempDir()]
      mkdirSync(join(base, 'in'))
      mkdirSync(join(secret, 'deep'))
      symlinkSync(secret, join(base, 'in', 'link'))
      const scope: GrantsInput = { fs: [{ path: base, at: '/d', access: 'read-write' }] }
      const uses = [
        file('stat', '/d/in/link'),
        file('readdir', '/d/in/link'),
        file('open', '/d/in/link/deep/f'),
      ]
      expect(learn(scope, uses).learned.fs).toEqual([{ path: join(base, 'in'), at: '/d/in', access: 'read' }])
    },
  )
})

describe('property: what was learned is enough, and every rule of it is needed', () => {
  const base = () => {
    const path = tempDir()
    for (const dir of ['a/b/c', 'a/d', 'e']) mkdirSync(join(path, dir), { recursive: true })
    for (const dir of ['', 'a', 'a/b', 'a/b/c', 'a/d', 'e']) writeFileSync(join(path, dir, 'f'), '')
    return path
  }
  const operation = fc.constantFrom<FsOperation>('open', 'stat', 'create', 'unlink', 'mkdir')
  const place = fc.constantFrom('', 'a/', 'a/b/', 'a/b/c/', 'a/d/', 'e/')
  const host = fc.constantFrom('a.example', 'b.a.example', 'c.a.example')
  const use = fc.oneof(
    fc
      .tuple(operation, place, fc.constantFrom('f', 'new'))
      .map(([op, at, name]) => file(op, `/g/${at}${name}`)),
    place.map((at) => file('readdir', `/g/${at}`.replace(/\/$/, ''))),
    fc
      .tuple(
        fc.constantFrom('GET', 'POST'),
        host,
        fc.constantFrom('', ':8080'),
        fc.constantFrom('/', '/x', '/x/y'),
      )
      .map(([method, name, port, path]) => web(method, `http://${name}${port}${path}`)),
    fc.tuple(host, fc.constantFrom(80, 5432)).map(([name, port]) => socket('tcp', name, port)),
    host.map(lookup),
    fc.constantFrom('A', 'B', 'C').map((target): Use => ({ capability: 'env', operation: 'read', target })),
    fc.constantFrom('x', 'y').map((target): Use => ({ capability: 'config', operation: 'get', target })),
    fc
      .constantFrom('s', 't u')
      .map((store): Use => ({ capability: 'keyvalue', operation: 'get', target: `${store}/k`, store })),
  )

  it('by the gate', { timeout: tries(120_000) }, () => {
    const path = base()
    const scope: GrantsInput = {
      fs: [{ path, at: '/g', access: 'read-write' }],
      net: [
        'http://*.a.example:*',
        'http://a.example',
        'tcp://*.a.example:*',
        'dns://a.example',
        'dns://*.a.example',
      ],
      env: { A: '1', B: '2' },
      config: { x: '1' },
      keyvalue: { s: {}, 't u': {} },
    }
    let rules = 0
    fc.assert(
      fc.property(fc.array(use, { maxLength: 25 }), (uses) => {
        const { learned, allowed } = learn(scope, uses)
        expect(denied(learned, allowed)).toEqual([])
        expect(denied(scope, allowed)).toEqual([])
        for (const fewer of withoutOne(learned)) {
          rules++
          expect(denied(fewer, allowed), JSON.stringify(fewer)).not.toEqual([])
        }
      }),
      { numRuns: tries(400) },
    )
    expect(rules).toBeGreaterThan(1_000)
  })

  it('no pattern is learned that the scope does not cover', () => {
    const scope = ['http://*.a.example:*', 'GET http://a.example/x/**']
    fc.assert(
      fc.property(fc.array(use, { maxLength: 25 }), (uses) => {
        const { net = [] } = learn({ net: scope }, uses).learned
        const rules = (Array.isArray(net) ? net : net.allow).map(parseNetPattern)
        for (const { net: target } of uses.flatMap((one) => (one.capability === 'net' ? [one] : [])))
          if (rules.some((rule) => matchesNetRule(rule, target as NetTarget)))
            expect(scope.some((rule) => matchesNetRule(parseNetPattern(rule), target as NetTarget))).toBe(
              true,
            )
      }),
    )
  })
})

describe.skipIf(noRust)('a real plugin', () => {
  async function listen(server: Server) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    return `127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  /** A fresh tree at the same place, and one run of the script in it. */
  async function session(
    base: string,
    options: { grants: GrantsInput; learn?: boolean },
    script: string[][],
  ) {
    rmSync(base, { recursive: true })
    for (const dir of ['in/deep', 'out', 'other']) mkdirSync(join(base, dir), { recursive: true })
    for (const name of ['in/a', 'in/deep/b', 'out/old', 'other/c']) writeFileSync(join(base, name), name)
    const host = await createHost({ limits: { timeoutMs: 60_000 } })
    const denials: AccessEvent[] = []
    host.on('denied', (event) => denials.push(event))
    try {
      const plugin = await host.load(keeper(), options)
      const run = runs(plugin.exports)
      const outcomes: string[] = []
      for (const [operation = '', ...args] of script) outcomes.push(await run(operation, ...args))
      return { outcomes, denials, learned: options.learn ? plugin.learned() : {} }
    } finally {
      await host.close()
    }
  }

  it('repeats its run with what was learned, and cannot without any one rule', {
    timeout: 120_000,
  }, async () => {
    const base = tempDir()
    const http = await listen(createHttpServer((request, response) => response.end(request.url)))
    const tcp = await listen(createServer((socket) => socket.on('error', () => {}).end()))
    const grants: GrantsInput = {
      fs: [{ path: base, at: '/site', access: 'read-write' }],
      net: [`http://${http}`, `tcp://${tcp}`],
      env: { LANG: 'de' },
    }
    const script = [
      ['read', '/site/in/a'],
      ['list', '/site/in'],
      ['stat', '/site/in/deep/b'],
      ['write', '/site/out/new', 'x'],
      ['remove', '/site/out/old'],
      ['mkdir', '/site/out/made'],
      ['write', '/site/out/made/x', 'y'],
      ['send', 'GET', `http://${http}/one`],
      ['send', 'POST', `http://${http}/two`],
      ['tcp', tcp],
      ['env', 'LANG'],
    ]
    const first = await session(base, { grants, learn: true }, script)
    expect(first.outcomes.filter((outcome) => outcome.startsWith('error'))).toEqual([])
    expect(first.learned).toEqual({
      fs: [
        { path: join(base, 'in'), at: '/site/in', access: 'read' },
        { path: join(base, 'out'), at: '/site/out', access: 'read-write' },
      ],
      net: [`GET http://${http}/one`, `POST http://${http}/two`, `tcp://${tcp}`],
      env: { LANG: 'de' },
    })
    const second = await session(base, { grants: first.learned }, script)
    expect(second).toMatchObject({ outcomes: first.outcomes, denials: [] })
    let dropped = 0
    for (const fewer of withoutOne(first.learned)) {
      dropped++
      expect((await session(base, { grants: fewer }, script)).outcomes, JSON.stringify(fewer)).not.toEqual(
        first.outcomes,
      )
    }
    expect(dropped).toBe(6)
  })

  it('that was not loaded to learn says so', async () => {
    const host = await createHost()
    onTestFinished(() => host.close())
    for (const isolation of ['worker', 'inline'] as const) {
      const plugin = await host.load(keeper(), { isolation: isolation as 'inline', name: isolation })
      expect(() => plugin.learned()).toThrow(expect.objectContaining({ code: 'NOT_LEARNING' }))
    }
  })
})
