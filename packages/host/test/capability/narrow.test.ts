import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FsOperation, Use } from '@wasm-plugin/wasi'
import type { Descriptor } from '@wasm-plugin/wasi/instance'
import { createGate, LiveGrants } from '@wasm-plugin/wasi/instance'
import { describe, expect, it, onTestFinished } from 'vitest'
import { removeScratch } from '#internal'
import { SEED, tries } from '../../../../test/seed.js'
import { attack } from '../helpers/attack.js'
import { grantControl, parseGrants } from '../helpers/grants.js'
import {
  errorOf,
  FOLLOW,
  flags,
  NO_FOLLOW,
  openDir,
  openFlags,
  openFs,
  readText,
  tempDir,
} from '../helpers/wasi.js'

const control = (input: unknown) => grantControl(liveGrants(input))

function liveGrants(input: unknown) {
  const grants = parseGrants(input)
  onTestFinished(() => removeScratch(grants.fs, () => {}))
  return new LiveGrants(grants)
}

const narrowing = (from: unknown, to: unknown): unknown => {
  const grants = control(from)
  const before = grants.grants
  try {
    return grants.narrow(to).rules
  } catch (error) {
    // Nothing has changed then.
    expect(grants.grants).toBe(before)
    return (error as { code: string }).code
  }
}

const WIDER = 'GRANTS_NOT_NARROWER'

describe('narrowing the network', () => {
  it.each([
    ['https://a.example', 'https://a.example', ['net https://a.example']],
    ['https://a.example', 'GET https://a.example', ['net GET https://a.example']],
    ['https://a.example', 'GET https://a.example/v1/**', ['net GET https://a.example/v1/**']],
    ['GET https://a.example/v1/**', 'GET https://a.example/v1/x', ['net GET https://a.example/v1/x']],
    ['GET https://a.example/v1/**', 'GET https://a.example/v1/x/**', ['net GET https://a.example/v1/x/**']],
    ['https://*.a.example', 'https://*.b.a.example', ['net https://*.b.a.example']],
    ['https://*.a.example', 'https://b.a.example', ['net https://b.a.example']],
    ['tcp://a.example:*', 'tcp://a.example:80', ['net tcp://a.example:80']],
    ['tcp://a.example:80', 'dns://a.example', ['net dns://a.example']],
    ['https://a.example', 'http://a.example', WIDER],
    ['https://a.example', 'https://b.example', WIDER],
    ['https://a.example', 'https://*.a.example', WIDER],
    ['https://*.a.example', 'https://a.example', WIDER],
    ['https://*.a.example', 'https://*.xa.example', WIDER],
    ['https://*.b.a.example', 'https://*.a.example', WIDER],
    ['GET https://a.example', 'https://a.example', WIDER],
    ['GET https://a.example', 'POST https://a.example', WIDER],
    ['https://a.example', 'https://a.example:8443', WIDER],
    ['https://a.example:8443', 'https://a.example:*', WIDER],
    ['https://a.example/v1', 'https://a.example/v1/**', WIDER],
    ['https://a.example/v1/**', 'https://a.example/v1', WIDER],
    ['https://a.example/v1/**', 'https://a.example/v10/x', WIDER],
    ['https://a.example/v1/**', 'https://a.example', WIDER],
    ['dns://a.example', 'tcp://a.example:80', WIDER],
  ])('%s to %s', (from, to, expected) => expect(narrowing({ net: [from] }, { net: [to] })).toEqual(expected))

  it('keeps denials and limits, and takes more of both', () => {
    const grants = control({
      net: {
        allow: ['https://a.example'],
        deny: ['DELETE https://a.example'],
        privateAddresses: ['10.0.0.0/8'],
      },
    })
    grants.narrow({
      net: { allow: ['https://a.example'], deny: ['POST https://a.example'], limits: { concurrent: 2 } },
    })
    const { net } = grants.grants.given
    expect(net.deny).toEqual(['DELETE https://a.example', 'POST https://a.example'])
    expect(net.limits.concurrent).toBe(2)
    const to = (net: object) => () => grants.narrow({ net: { allow: [], ...net } })
    expect(to({ limits: { concurrent: 3 } })).toThrow(expect.objectContaining({ code: WIDER }))
    expect(to({ privateAddresses: ['192.168.0.0/16'] })).toThrow(expect.objectContaining({ code: WIDER }))
    expect(to({ privateAddresses: ['10.1.2.3'] })).not.toThrow()
  })
})

describe('narrowing', () => {
  it('of values, stores and what is fixed', () => {
    const from = {
      env: { A: '1', B: '2' },
      config: { c: 'x' },
      keyvalue: { s: { quotaKeys: 5 } },
      args: ['a'],
    }
    expect(narrowing(from, { env: ['A'] })).toEqual(['env A', 'config c', 'keyvalue s'])
    expect(narrowing(from, { env: { A: '1' } })).toEqual(['env A', 'config c', 'keyvalue s'])
    expect(narrowing(from, { env: { A: '2' } })).toBe(WIDER)
    expect(narrowing(from, { env: ['HOME'] })).toBe(WIDER)
    expect(narrowing(from, { config: {}, keyvalue: { s: { quotaKeys: 4 } } })).toEqual([
      'env A',
      'env B',
      'keyvalue s',
    ])
    expect(narrowing(from, { keyvalue: { s: { quotaKeys: 6 } } })).toBe(WIDER)
    expect(narrowing(from, { keyvalue: { t: {} } })).toBe(WIDER)
    expect(narrowing(from, { keyvalue: { s: { file: '/tmp/x' } } })).toBe(WIDER)
    expect(narrowing(from, { args: [] })).toBe(WIDER)
    expect(narrowing(from, { nothing: [] })).toBe('UNKNOWN_GRANT')
    expect(narrowing(from, { env: 3 })).toBe('GRANTS_INVALID')
  })

  it('of directories: less access, a directory inside, smaller limits, and nothing else', () => {
    const base = tempDir()
    const data = join(base, 'data')
    mkdirSync(join(data, 'sub', 'deep'), { recursive: true })
    mkdirSync(join(base, 'other'))
    symlinkSync('../other', join(data, 'link'))
    const from = { fs: [{ path: data, at: '/data', access: 'read-write', quotaBytes: 1_000 }] }
    const to = (...fs: object[]) => narrowing(from, { fs })
    const read = { access: 'read' }
    expect(to({ path: data, at: '/data/', ...read })).toEqual(['fs read /data'])
    expect(to({ path: join(data, 'sub'), at: '/data/sub', access: 'read-write' })).toEqual([
      'fs read-write /data/sub',
    ])
    expect(
      to({ path: data, at: '/data', ...read }, { path: join(data, 'sub'), at: '/data/sub', ...read }),
    ).toHaveLength(2)
    expect(to()).toEqual([])
    expect(to({ path: data, at: '/data', ...read, quotaBytes: 1_001 })).toBe(WIDER)
    expect(to({ path: data, at: '/other', ...read })).toBe(WIDER)
    expect(to({ path: base, at: '/data', ...read })).toBe(WIDER)
    expect(to({ path: join(base, 'other'), at: '/data/other', ...read })).toBe('GRANT_PATH_MISSING')
    expect(to({ path: join(data, 'sub'), at: '/data/deep', ...read })).toBe('GRANT_PATH_MISSING')
    expect(to({ path: join(data, 'sub', 'deep'), at: '/data/sub', ...read })).toBe(WIDER)
    expect(to({ path: join(data, 'link'), at: '/data/link', ...read })).toBe(WIDER)
    expect(to({ scratch: true, at: '/data' })).toBe(WIDER)
    expect(to({ memory: {}, at: '/data', ...read })).toBe(WIDER)
    const two = { path: data, at: '/data', ...read }
    expect(to(two, two)).toBe('GRANTS_INVALID')
  })

  it('does not open what lies in a directory of its own, once that is taken away', () => {
    const base = tempDir()
    mkdirSync(join(base, 'a', 'b'), { recursive: true })
    const live = liveGrants({
      fs: [
        { path: base, at: '/r', access: 'read-write' },
        { path: join(base, 'a'), at: '/r/a', access: 'read' },
        { path: join(base, 'a', 'b'), at: '/elsewhere', access: 'read' },
      ],
    })
    const grants = grantControl(live)
    const to =
      (...fs: object[]) =>
      () =>
        grants.narrow({ fs })
    const coded = expect.objectContaining({ code: WIDER })
    expect(to({ path: join(base, 'a', 'b'), at: '/r/a/b', access: 'read-write' })).toThrow(coded)
    grants.narrow({ fs: [{ path: base, at: '/r', access: 'read-write' }] })
    expect(to({ path: join(base, 'a'), at: '/r/a', access: 'read' })).toThrow(coded)
    expect(to({ path: join(base, 'a', 'b'), at: '/r/a/b', access: 'read' })).toThrow(coded)
    expect(live.current.former.map(({ at }) => at)).toEqual(['/r/a', '/elsewhere'])
  })

  it('keeps scratch and memory directories as they are, or for reading, or not at all', () => {
    const from = {
      fs: [
        { scratch: true, at: '/tmp' },
        { memory: { a: 'x' }, at: '/m', access: 'read-write' },
      ],
    }
    expect(narrowing(from, { fs: [{ scratch: true, at: '/tmp' }] })).toEqual(['fs read-write /tmp'])
    expect(narrowing(from, { fs: [{ memory: {}, at: '/m', access: 'read' }] })).toEqual(['fs read /m'])
    expect(narrowing(from, { fs: [{ memory: {}, at: '/m/inner', access: 'read' }] })).toBe(WIDER)
  })

  it('shows the grants as they are: frozen to the last, and of no use for changing them', () => {
    const grants = control({
      env: { A: '1', constructor: '2' },
      fs: [{ memory: {}, at: '/m', access: 'read' }],
    })
    const seen = grants.grants
    const frozen = (value: unknown): boolean =>
      typeof value !== 'object' ||
      value === null ||
      (Object.isFrozen(value) && Object.values(value).every(frozen))
    expect(frozen(seen)).toBe(true)
    expect(seen.given.fs).toEqual([
      {
        ...{ at: '/m', access: 'read', kind: 'memory', path: null },
        ...{ quotaBytes: 64 << 20, quotaEntries: 10_000, maxOpen: 256 },
      },
    ])
    expect(Object.getPrototypeOf(seen.given.env)).toBeNull()
    grants.narrow({ env: [] })
    expect(seen.given.env).toEqual({ A: '1', constructor: '2' })
    expect(grants.grants.given.env).toEqual({})
  })
})

describe('what is open when a directory is narrowed', () => {
  function open() {
    const base = tempDir()
    mkdirSync(join(base, 'sub', 'deep'), { recursive: true })
    mkdirSync(join(base, 'other'))
    for (const name of ['f', 'sub/f', 'sub/deep/f', 'other/f']) writeFileSync(join(base, name), name)
    const fs = openFs([{ path: base, at: '/g', access: 'read-write' }])
    const root = fs.roots.get('/g')
    if (root === undefined) throw new TypeError('no root')
    return { base, fs, root }
  }

  it('for reading alone: what can be written is closed, what cannot goes on', () => {
    const { base, fs, root } = open()
    const reader = root.openAt(NO_FOLLOW, 'f', openFlags(), flags('read'))
    const writer = root.openAt(NO_FOLLOW, 'f', openFlags(), flags('read', 'write'))
    const [input, output, appending] = [
      writer.readViaStream(0n),
      writer.writeViaStream(0n),
      writer.appendViaStream(),
    ]
    const quiet = reader.readViaStream(0n)
    const dir = openDir(root, 'sub')
    output.write(new TextEncoder().encode('F'))
    fs.control.narrow({ fs: [{ path: base, at: '/g', access: 'read' }] })
    for (const stream of [output, appending])
      expect(errorOf(() => stream.write(new Uint8Array(1)))).toMatchObject({ tag: 'last-operation-failed' })
    expect(errorOf(() => input.read(1n))).toMatchObject({ tag: 'last-operation-failed' })
    for (const step of [
      () => writer.write(new Uint8Array(1), 0n),
      () => writer.read(1n, 0n),
      () => writer.stat(),
      () => writer.setSize(0n),
      () => writer.sync(),
      () => writer.setTimes({ tag: 'now' }, { tag: 'now' }),
    ])
      expect(errorOf(step)).toBe('access')
    expect(new TextDecoder().decode(quiet.read(10n) as Uint8Array)).toBe('F')
    expect(new TextDecoder().decode(reader.read(10n, 0n)[0])).toBe('F')
    expect(readText(dir, 'f')).toBe('sub/f')
    expect(errorOf(() => dir.unlinkFileAt('f'))).toBe('read-only')
    expect(errorOf(() => root.createDirectoryAt('new'))).toBe('read-only')
    expect([root.getFlags().mutateDirectory, dir.getFlags().mutateDirectory]).toEqual([false, false])
  })

  it('to a directory inside: that is reached through the old root, and nothing else is', () => {
    const { base, fs, root } = open()
    const kept = root.openAt(NO_FOLLOW, 'sub/f', openFlags(), flags('read'))
    const stream = kept.readViaStream(0n)
    const [sub, other] = [openDir(root, 'sub'), openDir(root, 'other')]
    const entries = other.readDirectory()
    fs.control.narrow({ fs: [{ path: join(base, 'sub', 'deep'), at: '/g/sub/deep', access: 'read-write' }] })
    // Whatever was open may lie elsewhere by now; it is opened again.
    expect(errorOf(() => kept.read(1n, 0n))).toBe('access')
    expect(errorOf(() => stream.skip(1n))).toMatchObject({ tag: 'last-operation-failed' })
    expect(errorOf(() => entries.readDirectoryEntry())).toBe('access')
    for (const dir of [sub, other]) {
      expect(errorOf(() => dir.stat())).toBe('access')
      expect(errorOf(() => dir.readDirectory())).toBe('access')
      expect(errorOf(() => dir.statAt(FOLLOW, 'f'))).toBe('access')
    }
    expect(readText(root, 'sub/deep/f')).toBe('sub/deep/f')
    openDir(root, 'sub/deep').createDirectoryAt('made')
    expect(statSync(join(base, 'sub/deep/made')).isDirectory()).toBe(true)
    for (const path of [
      'f',
      'sub',
      'sub/f',
      'other',
      'other/f',
      'missing',
      'missing/x',
      'sub/deep/../f',
      '.',
    ])
      expect([path, errorOf(() => root.statAt(FOLLOW, path))]).toEqual([path, 'access'])
    expect(errorOf(() => root.stat())).toBe('access')
    expect(errorOf(() => root.readDirectory())).toBe('access')
    expect(errorOf(() => root.unlinkFileAt('f'))).toBe('access')
    expect(errorOf(() => root.renameAt('sub/deep/f', root, 'f'))).toBe('access')
    expect(readdirSync(base).sort()).toEqual(['f', 'other', 'sub'])
    fs.control.revoke('fs')
    expect(errorOf(() => root.statAt(FOLLOW, 'sub/deep/f'))).toBe('access')
    expect(errorOf(() => root.statAt(FOLLOW, 'missing'))).toBe('access')
  })

  attack(
    'A61',
    'Keeps a directory open that was moved away before its grant was narrowed',
    'it is closed, and opened again by its new place alone',
    () => {
      const { base, fs, root } = open()
      const moved = openDir(root, 'sub')
      root.renameAt('sub', root, 'other/sub')
      mkdirSync(join(base, 'sub'))
      fs.control.narrow({
        fs: [
          { path: base, at: '/g', access: 'read' },
          { path: join(base, 'sub'), at: '/g/sub', access: 'read-write' },
        ],
      })
      expect(errorOf(() => moved.unlinkFileAt('f'))).toBe('access')
      expect(errorOf(() => moved.createDirectoryAt('x'))).toBe('access')
      expect(errorOf(() => root.unlinkFileAt('other/sub/f'))).toBe('read-only')
      root.createDirectoryAt('sub/made')
      expect(errorOf(() => root.renameAt('sub', root, 'x'))).toBe('read-only')
    },
  )

  attack(
    'E63',
    'Fills a quota once more after its grant was narrowed',
    'the narrower grant draws on what is left',
    () => {
      const base = tempDir()
      mkdirSync(join(base, 'a'))
      const fs = openFs([{ path: base, at: '/g', access: 'read-write', quotaBytes: 10, quotaEntries: 1 }])
      const root = fs.roots.get('/g')
      const file = root?.openAt(NO_FOLLOW, 'a/f', openFlags('create'), flags('write'))
      file?.write(new Uint8Array(8), 0n)
      fs.control.narrow({ fs: [{ path: join(base, 'a'), at: '/g/a', access: 'read-write' }] })
      const again = root?.openAt(NO_FOLLOW, 'a/f', openFlags(), flags('write'))
      expect(errorOf(() => again?.write(new Uint8Array(3), 8n))).toBe('quota')
      expect(errorOf(() => root?.openAt(NO_FOLLOW, 'a/g', openFlags('create'), flags('write')))).toBe('quota')
    },
  )
})

/** Numbers that look random and are the same in every run. */
function numbers(seed: number) {
  let state = seed
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const some = <T>(random: (below: number) => number, from: readonly T[], odds = 2): T[] =>
  from.filter(() => random(odds) === 0)
const one = <T>(random: (below: number) => number, from: readonly T[]): T => from[random(from.length)] as T

describe('property: after narrowing nothing is allowed that was not before, and all that is allowed is in the new grants', () => {
  const hosts = ['a.example', '*.a.example', 'b.a.example', '*.b.a.example', 'c.b.a.example', '127.0.0.1']
  const paths = ['', '/v1', '/v1/**', '/v1/x', '/v1/x/**']
  const pattern = (random: (below: number) => number) => {
    const scheme = one(random, ['http', 'https', 'tcp', 'udp', 'dns'])
    const host = one(random, hosts)
    if (scheme === 'dns') return `dns://${host}`
    const port = one(random, scheme.startsWith('http') ? ['', ':8080', ':*'] : [':80', ':8080', ':*'])
    if (!scheme.startsWith('http')) return `${scheme}://${host}${port}`
    return `${one(random, ['', 'GET ', 'POST '])}${scheme}://${host}${port}${one(random, paths)}`
  }
  const targets = ['a.example', 'b.a.example', 'c.b.a.example', 'd.c.b.a.example', '127.0.0.1'].flatMap(
    (host) =>
      ['http', 'https', 'tcp', 'udp', 'dns'].flatMap((scheme) =>
        [80, 443, 8080].flatMap((port) =>
          (scheme.startsWith('http') ? ['GET', 'POST', 'PUT'] : [null]).flatMap((method) =>
            (method === null ? [null] : ['/', '/v1', '/v1/x', '/v1/x/y', '/v10']).map((path) => ({
              ...{ method, scheme: scheme as 'http', host, path },
              port: scheme === 'dns' ? null : port,
            })),
          ),
        ),
      ),
  )
  const operations: FsOperation[] = ['open', 'stat', 'create', 'unlink']

  it('by the gate', () => {
    const base = tempDir()
    const dirs = ['', 'a', 'a/b', 'a/b/c', 'd']
    for (const dir of dirs) mkdirSync(join(base, dir), { recursive: true })
    const random = numbers(SEED)
    const fsInput = () =>
      some(random, dirs).map((dir) => ({
        ...{ path: join(base, dir), at: `/g/${dir}` },
        access: one(random, ['read', 'read-write']),
      }))
    const grantsInput = () => ({
      fs: fsInput(),
      net: [
        ...Array.from({ length: random(5) }, () => pattern(random)),
        ...Array.from({ length: random(2) }, () => `!${pattern(random)}`),
      ],
      env: Object.fromEntries(some(random, ['A', 'B', 'C']).map((key) => [key, '1'])),
      config: Object.fromEntries(some(random, ['x', 'y']).map((key) => [key, '1'])),
      keyvalue: Object.fromEntries(some(random, ['s', 't']).map((name) => [name, {}])),
    })
    const uses: Use[] = [
      ...targets.map((net): Use => ({ capability: 'net', operation: 'x', target: 'x', net })),
      ...[...dirs, 'e', 'a/e'].flatMap((dir) =>
        operations.map((operation): Use => ({ capability: 'fs', operation, target: `/g/${dir}/f` })),
      ),
      ...['A', 'B', 'C'].map((target): Use => ({ capability: 'env', operation: 'read', target })),
      ...['x', 'y'].map((target): Use => ({ capability: 'config', operation: 'get', target })),
      ...['s', 't'].map((store): Use => ({ capability: 'keyvalue', operation: 'get', target: 'k', store })),
    ]
    let [accepted, allowedUses] = [0, 0]
    for (let round = 0; round < tries(400); round++) {
      const live = new LiveGrants(parseGrants(grantsInput()))
      const grants = grantControl(live)
      const gate = createGate('p', live, () => {})
      for (let times = 0; times < 3; times++) {
        const before = uses.map((use) => gate.allows(use))
        // One capability at a time: of all at once hardly any would be narrower.
        const [name, value] = one(random, Object.entries(grantsInput()))
        try {
          grants.narrow({ [name]: value })
        } catch (error) {
          expect((error as { code: string }).code).toBe(WIDER)
          expect(uses.map((use) => gate.allows(use))).toEqual(before)
          continue
        }
        accepted++
        const asked = createGate('p', parseGrants({ [name]: value }), () => {})
        for (const [index, use] of uses.entries()) {
          if (!gate.allows(use)) continue
          allowedUses++
          expect(before[index], JSON.stringify(use)).toBe(true)
          if (use.capability === name) expect(asked.allows(use), JSON.stringify(use)).toBe(true)
        }
      }
    }
    expect(accepted).toBeGreaterThan(150)
    expect(allowedUses).toBeGreaterThan(1_000)
  })

  it('by every handle that was open, wherever its file is by then', () => {
    const random = numbers(SEED)
    let [reads, writes] = [0, 0]
    for (let round = 0; round < 60; round++) {
      const base = tempDir()
      const dirs = ['a', 'a/b', 'c', 'c/d']
      for (const dir of dirs) mkdirSync(join(base, dir), { recursive: true })
      for (const dir of ['', ...dirs]) writeFileSync(join(base, dir, 'f'), dir)
      const fs = openFs([{ path: base, at: '/g', access: 'read-write' }])
      const root = fs.roots.get('/g')
      if (root === undefined) throw new TypeError('no root')
      const files = ['f', 'a/f', 'a/b/f', 'c/f', 'c/d/f'].flatMap((path) => [
        root.openAt(NO_FOLLOW, path, openFlags(), flags('read')),
        root.openAt(NO_FOLLOW, path, openFlags(), flags('read', 'write')),
      ])
      const folders = [root, ...dirs.map((dir) => openDir(root, dir))]
      const [from, to] = one(random, [
        ['a/b', 'c/moved'],
        ['c/d', 'a/moved'],
        ['a', 'c/moved'],
      ] as const)
      if (random(2) === 0) root.renameAt(from, root, to)
      const here = ['', ...dirs, 'a/moved', 'c/moved', 'c/moved/b'].filter(
        (dir) => statSync(join(base, dir), { throwIfNoEntry: false }) !== undefined,
      )
      const input = some(random, here).map((dir) => ({
        ...{ path: join(base, dir), at: `/g/${dir}` },
        access: one(random, ['read', 'read-write'] as const),
      }))
      fs.control.narrow({ fs: input })
      const gate = createGate('p', fs.live.current, () => {})
      // Every file says what it was called at first.
      const where = new Map(
        here.map((dir) => [readFileSync(join(base, dir, 'f'), 'utf8'), dir === '' ? '/g/f' : `/g/${dir}/f`]),
      )
      const allows = (operation: FsOperation, name: string | undefined) =>
        gate.allows({ capability: 'fs', operation, target: where.get(name ?? '') ?? 'nowhere' })
      const contentOf = (file: Descriptor) => new TextDecoder().decode(file.read(10n, 0n)[0])
      for (const [index, file] of files.entries()) {
        const name = ['', ...dirs][index >> 1]
        if (errorOf(() => contentOf(file)) === 'no error') {
          reads++
          expect(allows('open', name), name).toBe(true)
        }
        if (errorOf(() => file.write(new Uint8Array(), 0n)) === 'no error') {
          writes++
          expect(allows('write', name), name).toBe(true)
        }
      }
      for (const folder of folders)
        for (const dir of ['.', 'a', 'b', 'c', 'd', 'a/b', 'c/d', 'moved', 'c/moved', 'a/moved'])
          for (const writing of [false, true]) {
            const mode = writing ? flags('read', 'write') : flags('read')
            const open = () => folder.openAt(NO_FOLLOW, `${dir}/f`, openFlags(), mode)
            if (errorOf(open) !== 'no error') continue
            if (writing) writes++
            else reads++
            expect(allows(writing ? 'write' : 'open', contentOf(open())), dir).toBe(true)
          }
    }
    expect(reads).toBeGreaterThan(200)
    expect(writes).toBeGreaterThan(30)
  })
})
