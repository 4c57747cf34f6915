// On every Node: files and clocks.

import { execFileSync } from 'node:child_process'
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { FsGrant } from '@wasm-plugin/wasi'
import type { Descriptor } from '@wasm-plugin/wasi/instance'
import { describe, expect, it } from 'vitest'
import type { HostStrategy } from '#internal'
import { attack } from '../helpers/attack.js'
import { parseGrants } from '../helpers/grants.js'
import {
  anyGrant,
  errorOf,
  everywhere,
  FOLLOW,
  flags,
  grantOf,
  listNames,
  NO_FOLLOW,
  openDir,
  openFlags,
  openFs,
  read,
  readText,
  tempDir,
  type Where,
  writableGrant,
  writeText,
} from '../helpers/wasi.js'

/** A grant with something outside to steal or to break. */
function setUp(strategy?: HostStrategy) {
  const grant = writableGrant(strategy)
  mkdirSync(join(grant.base, 'outside'))
  writeFileSync(join(grant.base, 'outside', 'secret'), 'secret')
  return { ...grant, outside: join(grant.base, 'outside') }
}

function expectUntouched(outside: string) {
  expect(readdirSync(outside)).toEqual(['secret'])
  expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('secret')
}

const everyWay = (root: Descriptor, path: string, link = FOLLOW): unknown[] => [
  errorOf(() => root.openAt(link, path, openFlags(), flags('read'))),
  errorOf(() => root.openAt(link, path, openFlags('create', 'truncate'), flags('write'))),
  errorOf(() => root.statAt(link, path)),
  errorOf(() => root.metadataHashAt(link, path)),
  errorOf(() => root.setTimesAt(link, path, { tag: 'now' }, { tag: 'now' })),
]

/** The same, for a grant that may be in memory; `/g` has an empty directory `sub`. */
function setUpAnywhere(where: Where) {
  const base = tempDir()
  const outside = join(base, 'outside')
  mkdirSync(outside)
  writeFileSync(join(outside, 'secret'), 'secret')
  mkdirSync(join(base, 'granted'))
  const files = where === 'memory' ? { memory: {} } : { path: join(base, 'granted') }
  const fs = openFs([{ ...files, at: '/g', access: 'read-write' }], where)
  const root = fs.roots.get('/g') as Descriptor
  root.createDirectoryAt('sub')
  return { root, outside, expectUntouched: () => expectUntouched(outside) }
}

describe.each(everywhere)('attacks on any grant, by %s', (where) => {
  attack('A1', 'Names `../x` and every other path that climbs', 'not permitted, by every operation', () => {
    const { root, expectUntouched } = setUpAnywhere(where)
    for (const path of [
      '../outside/secret',
      'sub/../../outside/secret',
      './../outside/secret',
      'sub/../..',
      '..',
    ]) {
      expect(everyWay(root, path)).toEqual(Array(5).fill('not-permitted'))
      expect(errorOf(() => root.createDirectoryAt(`${path}/made`))).toBe('not-permitted')
      expect(errorOf(() => root.unlinkFileAt(path))).not.toBe('no error')
      expect(errorOf(() => root.renameAt('sub', root, `${path}/moved`))).toBe('not-permitted')
      expect(errorOf(() => root.linkAt(NO_FOLLOW, path, root, 'stolen'))).not.toBe('no error')
    }
    expectUntouched()
  })

  attack(
    'A2',
    'Opens `..` from a directory inside the grant',
    'not permitted: a handle leads down only',
    () => {
      const { root } = setUpAnywhere(where)
      writeText(root, 'file', 'x')
      expect(errorOf(() => read(openDir(root, 'sub'), '../file'))).toBe('not-permitted')
    },
  )

  attack('A3', 'Names an absolute path', 'not permitted', () => {
    const { root, outside } = setUpAnywhere(where)
    expect(everyWay(root, join(outside, 'secret'))).toEqual(Array(5).fill('not-permitted'))
  })

  attack('A6', 'Makes, moves or copies a link so that it leads out', 'not permitted', () => {
    const { root } = setUpAnywhere(where)
    root.createDirectoryAt('a')
    for (const target of ['..', '../outside', 'a/../..', '/etc/passwd', '../'])
      expect(errorOf(() => root.symlinkAt(target, 'link'))).toBe('not-permitted')
    root.symlinkAt('../x', 'a/up')
    expect(errorOf(() => root.renameAt('a/up', root, 'up'))).toBe('not-permitted')
    expect(errorOf(() => root.linkAt(NO_FOLLOW, 'a/up', root, 'up'))).toBe('not-permitted')
    expect(listNames(root)).toEqual(['a', 'sub'])
  })

  attack(
    'A100',
    'Moves a directory up so that links in it lead out, its own or those of others',
    'not permitted; one whose links stay inside is moved',
    () => {
      const { root } = setUpAnywhere(where)
      for (const path of ['a', 'a/b', 'a/b/c', 'a/b/c/d']) root.createDirectoryAt(path)
      root.symlinkAt('../../sub', 'a/b/c/link')
      root.symlinkAt('../../../../sub', 'a/b/c/d/link')
      expect(errorOf(() => root.renameAt('a/b/c', root, 'out'))).toBe('not-permitted')
      expect(errorOf(() => root.renameAt('a/b', root, 'out'))).toBe('not-permitted')
      expect(errorOf(() => openDir(root, 'a/b').renameAt('c', root, 'out'))).toBe('not-permitted')
      expect(errorOf(() => root.renameAt('a/b/c/d', openDir(root, 'sub'), 'out'))).toBe('not-permitted')
      expect(listNames(root)).toEqual(['a', 'sub'])
      root.renameAt('a/b', root, 'sub/b')
      root.unlinkFileAt('sub/b/c/d/link')
      root.renameAt('sub/b/c', root, 'sub/c')
      expect(root.readlinkAt('sub/c/link')).toBe('../../sub')
      expect(errorOf(() => root.renameAt('sub/c', root, 'c'))).toBe('not-permitted')
      root.renameAt('sub/c/d', root, 'd')
      expect(listNames(root)).toEqual(['a', 'd', 'sub'])
    },
  )

  // By paths, a directory that was moved is refused whatever is asked of it.
  if (where !== 'paths')
    attack(
      'A101',
      'Makes or moves a link by the handle of a directory that was moved up, or down, since it was opened',
      'told by where the directory is now: not permitted',
      () => {
        const { root } = setUpAnywhere(where)
        root.createDirectoryAt('sub/deep')
        root.symlinkAt('../../x', 'sub/deep/up')
        const deep = openDir(root, 'sub/deep')
        root.createDirectoryAt('sub/empty')
        const moved = openDir(root, 'sub/empty')
        root.renameAt('sub/empty', root, 'moved')
        expect(errorOf(() => moved.symlinkAt('../../x', 'link'))).toBe('not-permitted')
        expect(errorOf(() => root.renameAt('sub/deep/up', moved, 'link'))).toBe('not-permitted')
        expect(errorOf(() => root.linkAt(NO_FOLLOW, 'sub/deep/up', moved, 'link'))).toBe('not-permitted')
        moved.symlinkAt('../x', 'link')
        // `deep` goes down, gets a link that is right there, which may not come up by the handle of before.
        root.renameAt('sub/deep', root, 'moved/deep')
        root.createDirectoryAt('moved/deep/er')
        root.renameAt('moved', root, 'sub/moved')
        root.symlinkAt('../../../../x', 'sub/moved/deep/er/link')
        expect(errorOf(() => deep.renameAt('er', openDir(root, 'sub/moved'), 'er'))).toBe('not-permitted')
        expect(errorOf(() => deep.renameAt('er/link', root, 'link'))).toBe('not-permitted')
        expect(listNames(root)).toEqual(['sub'])
      },
    )

  attack('A7', 'Makes links that lead in a circle', 'an error', () => {
    const { root } = setUpAnywhere(where)
    root.symlinkAt('b', 'a')
    root.symlinkAt('a', 'b')
    expect(errorOf(() => read(root, 'a'))).toBe('loop')
    expect(errorOf(() => read(root, 'a/x'))).toBe('loop')
  })

  attack(
    'A9',
    'Uses a NUL, a name of 5,000 characters and a path of 100,000 segments',
    'errors of WASI',
    () => {
      const { root } = setUpAnywhere(where)
      expect(errorOf(() => read(root, 'a\0b'))).toBe('invalid')
      expect(errorOf(() => root.createDirectoryAt('x'.repeat(5_000)))).toBe('name-too-long')
      expect(errorOf(() => root.createDirectoryAt('é'.repeat(200)))).toBe('name-too-long')
      expect(errorOf(() => read(root, 'sub/../'.repeat(100_000)))).toBe('name-too-long')
      expect(errorOf(() => read(root, 'a/'.repeat(100_000)))).toBe('name-too-long')
      expect(errorOf(() => read(root, ''))).toBe('no-entry')
    },
  )

  attack(
    'A11',
    'Opens more handles than the grant allows',
    'refused; closed handles may be opened again',
    () => {
      const { root } = anyGrant(where, { f: 'x' }, { access: 'read', maxOpen: 10 })
      const open: Descriptor[] = []
      const error = errorOf(() => {
        for (;;) open.push(read(root, 'f'))
      })
      expect(error).toBe('quota')
      // The preopened directory is one of the ten.
      expect(open).toHaveLength(9)
      open.pop()?.[Symbol.dispose]()
      expect(readText(root, 'f')).toBe('x')
    },
  )
})

attack('A102', 'Moves up a directory of more entries than are looked at', 'cross-device', () => {
  const { root } = anyGrant('memory', {}, { access: 'read-write', quotaEntries: 20_000 })
  root.createDirectoryAt('a')
  root.createDirectoryAt('a/b')
  for (let i = 0; i < 10_001; i++) root.createDirectoryAt(`a/b/${i}`)
  expect(errorOf(() => root.renameAt('a/b', root, 'b'))).toBe('cross-device')
  root.removeDirectoryAt('a/b/0')
  root.renameAt('a/b', root, 'b')
  expect(listNames(root)).toEqual(['a', 'b'])
})

describe.each<HostStrategy>(['handles', 'paths'])('attacks on a granted directory, by %s', (strategy) => {
  attack('A4', 'Follows a link that leads out', 'an error, whatever the link says', () => {
    for (const target of [
      '../outside',
      '../outside/',
      '/etc',
      '../outside/secret',
      '../../',
      'in/../../outside',
    ]) {
      const { root, host, outside } = setUp(strategy)
      mkdirSync(join(host, 'in'))
      symlinkSync(target, join(host, 'link'))
      for (const path of ['link', 'link/', 'link/.', 'link/secret', 'in/../link/secret'])
        for (const way of everyWay(root, path)) expect([target, path, way]).not.toContain('no error')
      expect(errorOf(() => root.createDirectoryAt('link/made'))).not.toBe('no error')
      expect(errorOf(() => root.readDirectory())).toBe('no error')
      expectUntouched(outside)
    }
  })

  attack(
    'A5',
    'Puts a slash behind a link that leads out, with and without following it',
    'an error; nothing outside is touched',
    () => {
      const { root, host, outside } = setUp(strategy)
      symlinkSync('../outside', join(host, 'link'))
      for (const link of [FOLLOW, NO_FOLLOW])
        for (const way of everyWay(root, 'link/', link)) expect(way).not.toBe('no error')
      expectUntouched(outside)
    },
  )

  attack(
    'A8',
    'Goes on with the handle of a directory that was replaced by a link out',
    'an error; the handle leads nowhere else',
    () => {
      const { root, host, outside } = setUp(strategy)
      root.createDirectoryAt('sw')
      const stale = openDir(root, 'sw')
      rmSync(join(host, 'sw'), { recursive: true })
      symlinkSync('../outside', join(host, 'sw'))
      for (const way of everyWay(stale, 'secret')) expect(way).not.toBe('no error')
      expect(errorOf(() => writeText(stale, 'new', 'x'))).not.toBe('no error')
      expect(errorOf(() => stale.createDirectoryAt('made'))).not.toBe('no error')
      expect(errorOf(() => stale.unlinkFileAt('secret'))).not.toBe('no error')
      expect(errorOf(() => stale.renameAt('secret', root, 'stolen'))).not.toBe('no error')
      expect(errorOf(() => root.renameAt('sw', stale, 'moved'))).not.toBe('no error')
      expect(errorOf(() => stale.linkAt(NO_FOLLOW, 'secret', root, 'stolen'))).not.toBe('no error')
      expect(errorOf(() => listNames(stale).includes('secret') && 'leaked')).not.toBe('leaked')
      expectUntouched(outside)
      expect(existsSync(join(host, 'stolen'))).toBe(false)
    },
  )

  attack('A10', 'Opens a FIFO', 'refused without waiting', () => {
    const { root, host } = setUp(strategy)
    execFileSync('mkfifo', [join(host, 'fifo')])
    symlinkSync('fifo', join(host, 'link'))
    for (const path of ['fifo', 'link'])
      for (const mode of [flags('read'), flags('write'), flags('read', 'write')])
        expect(errorOf(() => root.openAt(FOLLOW, path, openFlags(), mode))).not.toBe('no error')
    expect(root.statAt(NO_FOLLOW, 'fifo').type).toBe('fifo')
  })

  attack('A12', 'Moves or removes the root of one grant by the grant around it', 'refused', () => {
    const base = tempDir()
    mkdirSync(join(base, 'a', 'inner'), { recursive: true })
    writeFileSync(join(base, 'a', 'inner', 'f'), 'x')
    const { roots } = openFs(
      [
        { path: base, at: '/g', access: 'read-write' },
        { path: join(base, 'a', 'inner'), at: '/inner', access: 'read' },
      ],
      strategy,
    )
    const outer = roots.get('/g') as Descriptor
    expect(errorOf(() => outer.renameAt('a/inner', outer, 'moved'))).toBe('busy')
    expect(errorOf(() => outer.renameAt('a', outer, 'moved'))).toBe('busy')
    expect(errorOf(() => outer.removeDirectoryAt('a/inner'))).toBe('busy')
    // The inner grant decides, whichever way one comes.
    expect(errorOf(() => writeText(outer, 'a/inner/f', 'y'))).toBe('read-only')
    expect(errorOf(() => writeText(openDir(outer, 'a/inner'), 'f', 'y'))).toBe('read-only')
    expect(errorOf(() => outer.unlinkFileAt('a/inner/f'))).toBe('read-only')
    expect(readText(outer, 'a/inner/f')).toBe('x')
  })
})

describe.each(everywhere)('a read-only grant, by %s', (where) => {
  function readOnly() {
    const writable = anyGrant(where, { f: 'text', 'd/f': '' }).fs
    const [source] = writable.grants.fs as [FsGrant]
    const root = writable.roots.get('/g') as Descriptor
    root.symlinkAt('f', 'l')
    // The same files once more, read-only: as the host could not grant them, but as a plugin could have left them.
    const grants = parseGrants({
      fs: [grantOf(where, {}, { at: '/ro', access: 'read' }), grantOf(where, {}, { at: '/rw' })],
    })
    const [first, second] = grants.fs as [FsGrant, FsGrant]
    const fs = openFs(undefined, where, {
      ...grants,
      fs: [{ ...first, path: source.path, memory: source.memory } as FsGrant, second],
    })
    return { root, fs, ro: fs.roots.get('/ro') as Descriptor, rw: fs.roots.get('/rw') as Descriptor }
  }

  attack(
    'A13',
    'Tries every operation that changes something under a grant for reading',
    'read-only; not even a time changes',
    () => {
      const { root, ro, rw, fs } = readOnly()
      writeText(rw, 'mine', 'x')
      const before = root.statAt(FOLLOW, 'f')
      const now = { tag: 'now' } as const
      const attempts: [string, () => unknown][] = [
        ['create', () => ro.openAt(FOLLOW, 'new', openFlags('create'), flags('write'))],
        ['create without write', () => ro.openAt(FOLLOW, 'new', openFlags('create'), flags('read'))],
        ['write', () => ro.openAt(FOLLOW, 'f', openFlags(), flags('write'))],
        ['truncate', () => ro.openAt(FOLLOW, 'f', openFlags('truncate'), flags('read'))],
        ['truncate and write', () => ro.openAt(FOLLOW, 'f', openFlags('truncate'), flags('read', 'write'))],
        ['write through a link', () => ro.openAt(FOLLOW, 'l', openFlags(), flags('write'))],
        [
          'create through a directory handle',
          () => openDir(ro, 'd').openAt(FOLLOW, 'n', openFlags('create'), flags('write')),
        ],
        ['times', () => ro.setTimesAt(FOLLOW, 'f', now, now)],
        ['times of the root', () => ro.setTimes(now, now)],
        ['mkdir', () => ro.createDirectoryAt('made')],
        ['rmdir', () => ro.removeDirectoryAt('d')],
        ['unlink', () => ro.unlinkFileAt('f')],
        ['symlink', () => ro.symlinkAt('f', 'new')],
        ['rename inside', () => ro.renameAt('f', ro, 'g')],
        ['rename out', () => ro.renameAt('f', rw, 'g')],
        ['rename in', () => rw.renameAt('mine', ro, 'g')],
        ['link inside', () => ro.linkAt(FOLLOW, 'f', ro, 'g')],
        ['link out', () => ro.linkAt(FOLLOW, 'f', rw, 'g')],
        ['link in', () => rw.linkAt(FOLLOW, 'mine', ro, 'g')],
      ]
      for (const [name, step] of attempts) expect([name, errorOf(step)]).toEqual([name, 'read-only'])
      const file = read(ro, 'f')
      expect(errorOf(() => file.setTimes(now, now))).toBe('bad-descriptor')
      expect(errorOf(() => file.setSize(0n))).toBe('bad-descriptor')
      expect(errorOf(() => file.write(new Uint8Array(1), 0n))).toBe('bad-descriptor')
      expect(errorOf(() => file.writeViaStream(0n))).toBe('bad-descriptor')
      expect(errorOf(() => file.appendViaStream())).toBe('bad-descriptor')
      expect(root.statAt(FOLLOW, 'f')).toMatchObject({
        dataModificationTimestamp: before.dataModificationTimestamp,
        statusChangeTimestamp: before.statusChangeTimestamp,
        size: before.size,
      })
      expect(listNames(root)).toEqual(['d', 'f', 'l'])
      expect(listNames(rw)).toEqual(['mine'])
      expect(fs.events.filter(({ decision }) => decision === 'denied')).toHaveLength(attempts.length)
    },
  )

  it('ignores the mutate-directory flag', () => {
    const { ro } = readOnly()
    const dir = ro.openAt(FOLLOW, 'd', openFlags('directory'), flags('read', 'mutateDirectory'))
    expect(dir.getFlags().mutateDirectory).toBe(false)
    expect(errorOf(() => dir.createDirectoryAt('made'))).toBe('read-only')
  })
})

describe('doors into the kernel', () => {
  attack('A14', 'Opens files of /proc and /sys below a grant of the root directory', 'refused', () => {
    const root = openFs([{ path: '/', at: '/', access: 'read' }]).roots.get('/') as Descriptor
    for (const path of [
      'proc/self/environ',
      'proc/self/mem',
      'proc/self/root/etc/passwd',
      'proc/1/environ',
      'proc/version',
      'sys/kernel',
      'dev/null',
    ])
      expect([path, errorOf(() => read(root, path))]).not.toEqual([path, 'no error'])
    expect(errorOf(() => openDir(root, 'proc/self/fd'))).not.toBe('no error')
    expect(errorOf(() => openDir(root, 'proc'))).toBe('access')
    expect(root.statAt(FOLLOW, 'etc').type).toBe('directory')
  })

  attack('A15', 'Is granted /proc by mistake', 'the grant is refused when the plugin is loaded', () => {
    expect(() => openFs([{ path: '/proc/self', at: '/p', access: 'read' }])).toThrow(
      expect.objectContaining({ code: 'GRANT_PATH_NOT_DIRECTORY' }),
    )
  })

  attack('A16', 'Opens a device by a link', 'not permitted', () => {
    const { root, host } = setUp()
    // The name of a device needs root to be made, so the link to one has to do.
    symlinkSync('/dev/zero', join(host, 'zero'))
    for (const way of everyWay(root, 'zero')) expect(way).toBe('not-permitted')
  })
})

describe('handles', () => {
  it('stay on their directory when it is renamed', () => {
    const { root, host } = setUp()
    root.createDirectoryAt('a')
    const dir = openDir(root, 'a')
    renameSync(join(host, 'a'), join(host, 'b'))
    writeText(dir, 'f', 'here')
    expect(readFileSync(join(host, 'b', 'f'), 'utf8')).toBe('here')
  })

  attack(
    'A17',
    'Reads a hard link that the host made to a file outside',
    'reads it: the file is in the grant, since the host put it there',
    () => {
      const { root, host, outside } = setUp()
      linkSync(join(outside, 'secret'), join(host, 'hard'))
      expect(readText(root, 'hard')).toBe('secret')
    },
  )
})
