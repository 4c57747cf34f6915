import { execFileSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished } from 'vitest'
import { attack } from '../helpers/attack.js'
import { type GuestLanguage, isBuilt, loadGuest } from '../helpers/guests.js'
import { startSwapper } from '../helpers/swapper.js'
import { tempDir } from '../helpers/wasi.js'

/** A guest with a granted directory `/g`, beside something to steal or to break. */
async function setUp(language: GuestLanguage, grant: Record<string, unknown> = {}) {
  const base = tempDir()
  const granted = join(base, 'granted')
  const outside = join(base, 'outside')
  mkdirSync(join(granted, 'sub'), { recursive: true })
  mkdirSync(outside)
  writeFileSync(join(outside, 'secret'), 'secret')
  writeFileSync(join(granted, 'f'), 'mine')
  const fs = [{ path: granted, at: '/g', access: 'read-write', ...grant }] as never
  const loaded = await loadGuest(language, { grants: { fs } })
  const expectUntouched = () => {
    expect(readdirSync(outside)).toEqual(['secret'])
    expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('secret')
  }
  return { ...loaded, base, granted, outside, expectUntouched }
}

const openFiles = () => readdirSync('/proc/self/fd').length

describe.skipIf(!isBuilt('c'))('a C program with a granted directory', () => {
  attack(
    'A21',
    'Opens `../x`, absolute paths and climbs of 100,000 segments with libc',
    'an error of WASI for each',
    async () => {
      const { run, base, expectUntouched } = await setUp('c')
      for (const path of [
        '/g/../outside/secret',
        '/g/sub/../../outside/secret',
        '../outside/secret',
        '/g/./sub/./../../outside/secret',
        '/g//..//outside/secret',
        `/g/..${base}/outside/secret`,
        `${base}/outside/secret`,
        '/etc/passwd',
      ])
        expect([path, await run('climb', path)]).toEqual([path, expect.stringMatching(/^!/)])
      for (const [piece, count] of [
        ['../', 5_000],
        ['/g/sub/../', 100_000],
        ['sub/../', 100_000],
        ['x/', 100_000],
      ])
        expect(await run('climb-far', `${piece}`, `${count}`, 'outside/secret')).toMatch(/^!/)
      expectUntouched()
    },
  )

  attack(
    'A22',
    'Opens a link that leads out, also with a slash at its end',
    'an error; the link is never followed out',
    async () => {
      const { run, granted, expectUntouched } = await setUp('c')
      for (const [name, target] of [
        ['a', '../outside'],
        ['b', '../outside/'],
        ['c', '../outside/secret'],
        ['d', '/etc'],
        ['e', 'sub/../../outside'],
      ] as const)
        symlinkSync(target, join(granted, name))
      for (const path of [
        'a/secret',
        'a/',
        'a',
        'b/secret',
        'c',
        'c/',
        'd/passwd',
        'e/secret',
        'sub/../a/secret',
      ])
        expect([path, await run('climb', `/g/${path}`)]).toEqual([path, expect.stringMatching(/^!/)])
      expectUntouched()
    },
  )

  attack(
    'A23',
    'Makes a link that leads out, or moves one to where it does',
    'not permitted; no such link exists afterwards',
    async () => {
      const { run, granted } = await setUp('c')
      for (const target of ['..', '../', '../outside', '/etc/passwd', 'sub/../..', './..'])
        expect([target, await run('symlink', target, '/g/link')]).toEqual([
          target,
          expect.stringMatching(/^!/),
        ])
      expect(await run('symlink', '../f', '/g/sub/up')).toBe('')
      expect(await run('rename', '/g/sub/up', '/g/up')).toBe('!not-permitted')
      expect(await run('link', '/g/sub/up', '/g/up')).toMatch(/^!/)
      expect(readdirSync(granted).sort()).toEqual(['f', 'sub'])
    },
  )

  attack(
    'A24',
    'Reads and writes a file while another thread swaps its directory for a link out',
    'never reaches the file outside',
    async () => {
      const { run, base, granted, outside } = await setUp('c')
      const swaps = await startSwapper(granted)
      expect(await run('race', '/g/sw/f', 'secret', '20000')).toBe('0 leaked reached')
      expect(await run('race-names', '/g/sw', '2000')).toBe('done')
      expect(swaps()).toBeGreaterThan(0)
      expect(readdirSync(outside).sort()).toEqual(['f', 'secret'])
      expect(readFileSync(join(outside, 'f'), 'utf8')).toBe('secret')
      expect(readdirSync(base).sort()).toEqual(['granted', 'outside'])
    },
  )

  attack(
    'A25',
    'Tries every number that could be a file descriptor',
    'finds its own stdio and its granted directories, nothing of the process',
    async () => {
      const { run } = await setUp('c')
      expect(await run('scan-descriptors')).toBe('0 1 2 3')
    },
  )

  attack(
    'A26',
    'Asks preview 1 for every right on a directory that is granted for reading',
    'read-only all the same, for truncate, chmod and create too',
    async () => {
      const { run, granted } = await setUp('c', { access: 'read' })
      const before = lstatSync(join(granted, 'f'), { bigint: true })
      expect(await run('confuse', 'f')).toMatch(/^!/)
      expect(await run('confuse', 'new')).toMatch(/^!/)
      expect(await run('truncate', '/g/f', '0')).toBe('!read-only')
      expect(await run('change-mode', '/g/f')).toMatch(/^!/)
      expect(await run('symlink', 'f', '/g/new')).toBe('!read-only')
      expect(await run('link', '/g/f', '/g/new')).toBe('!read-only')
      expect(lstatSync(join(granted, 'f'), { bigint: true })).toMatchObject({
        ctimeNs: before.ctimeNs,
        mtimeNs: before.mtimeNs,
      })
      expect(readdirSync(granted)).toEqual(['f', 'sub'])
    },
  )
})

describe.skipIf(!isBuilt('rust'))('a Rust program with a granted directory', () => {
  attack(
    'A27',
    'Keeps a directory open that is then removed and replaced by a link out',
    'the handle stays where it was; nothing outside is read, listed, made, changed or removed',
    async () => {
      const { run, granted, expectUntouched } = await setUp('rust')
      expect(await run('fs-hold', '/g/sub')).toBe('')
      rmSync(join(granted, 'sub'), { recursive: true })
      symlinkSync('../outside', join(granted, 'sub'))
      for (const what of [
        'open',
        'open-write',
        'create',
        'truncate',
        'stat',
        'hash',
        'set-times',
        'make-directory',
        'unlink',
        'remove-directory',
        'symlink',
        'read',
      ])
        expect([what, await run('fs-held', what, 'secret')]).toEqual([what, expect.stringMatching(/^!/)])
      expect(await run('fs-held', 'list-here', '.')).not.toContain('secret')
      expectUntouched()
    },
  )

  attack(
    'A28',
    'Keeps a directory open that is then moved',
    'goes on in the moved directory, and only there',
    async () => {
      const { run, granted, expectUntouched } = await setUp('rust')
      await run('fs-hold', '/g/sub')
      renameSync(join(granted, 'sub'), join(granted, 'moved'))
      symlinkSync('../outside', join(granted, 'sub'))
      expect(await run('fs-held', 'create', 'made')).toBe('ok')
      expect(readdirSync(join(granted, 'moved'))).toEqual(['made'])
      expect(await run('fs-held', 'open', '../f')).toBe('!not-permitted')
      expectUntouched()
    },
  )

  attack(
    'A29',
    'Opens a FIFO or a socket of the host',
    'refused at once, where a program of the host would wait for ever',
    async () => {
      const { run, granted } = await setUp('rust')
      execFileSync('mkfifo', [join(granted, 'fifo')])
      const server = createServer().listen(join(granted, 'socket'))
      onTestFinished(() => void server.close())
      symlinkSync('fifo', join(granted, 'to-fifo'))
      for (const name of ['fifo', 'to-fifo', 'socket'])
        for (const what of ['open', 'open-write', 'truncate', 'read', 'create'])
          expect([name, what, await run(`fs-${what}`, `/g/${name}`)]).toEqual([
            name,
            what,
            expect.stringMatching(/^!/),
          ])
      expect(await run('fs-stat-no-follow', '/g/fifo')).toBe('fifo')
    },
  )

  attack(
    'A30',
    'Looks into /proc, /sys and /dev below a grant of the root directory',
    'refused, for the environment, the memory and the open files of the process too',
    async () => {
      const { run } = await setUp('rust', { path: '/', access: 'read' })
      for (const path of [
        'proc/self/environ',
        'proc/self/mem',
        'proc/self/maps',
        'proc/self/root/etc/passwd',
        'proc/self/cwd/x',
        'proc/self/fd/0',
        'proc/thread-self/environ',
        'proc/1/environ',
        'sys/kernel/notes',
        'dev/null',
        'dev/zero',
        'dev/stdin',
      ])
        expect([path, await run('fs-read', `/g/${path}`)]).toEqual([path, expect.stringMatching(/^!/)])
      expect(await run('fs-list', '/g/proc')).toMatch(/^!/)
      expect(await run('fs-stat', '/g/etc')).toBe('directory')
    },
  )

  attack(
    'A31',
    'Moves or links a file from a directory for reading into one for writing, or the other way',
    'read-only; both directories stay as they are',
    async () => {
      const base = tempDir()
      for (const name of ['ro', 'rw']) {
        mkdirSync(join(base, name))
        writeFileSync(join(base, name, 'f'), name)
      }
      const { run } = await loadGuest('rust', {
        grants: {
          fs: [
            { path: join(base, 'ro'), at: '/ro', access: 'read' },
            { path: join(base, 'rw'), at: '/rw', access: 'read-write' },
            { path: join(base, 'rw'), at: '/ro/inner', access: 'read-write' },
          ],
        },
      })
      for (const how of ['fs-rename', 'fs-link'])
        for (const [from, to] of [
          ['/ro/f', '/rw/stolen'],
          ['/rw/f', '/ro/planted'],
          ['/ro/f', '/ro/moved'],
          ['/ro/f', '/ro/inner/stolen'],
        ])
          expect([how, from, to, await run(how, `${from}`, `${to}`)]).toEqual([how, from, to, '!read-only'])
      expect(readdirSync(join(base, 'ro'))).toEqual(['f'])
      expect(readdirSync(join(base, 'rw'))).toEqual(['f'])
    },
  )

  attack(
    'A32',
    'Opens one file 200,000 times and keeps every handle',
    'an error at the limit of the grant; the files of the process are safe, and the next call may open again',
    async () => {
      const { run } = await setUp('rust')
      const before = openFiles()
      expect(await run('fs-flood', '/g/f')).toMatch(/^2\d\d quota$/)
      expect(openFiles() - before).toBeLessThan(300)
      expect(await run('fs-flood', '/g/f')).toMatch(/^2\d\d quota$/)
      expect(await run('fs-read', '/g/f')).toBe('mine')
    },
  )

  attack(
    'A33',
    'Makes a file of a terabyte by size, by offset and by a stream of zeroes',
    'quota; no file is larger than it',
    async () => {
      const { run, granted } = await setUp('rust', { quotaBytes: 1 << 20 })
      expect(await run('fs-set-size-huge', '/g/a')).toBe('!quota')
      expect(await run('fs-write-far', '/g/b')).toBe('!quota')
      expect(await run('fs-zeroes', '/g/c')).toBe('failed')
      for (const name of readdirSync(granted))
        expect(lstatSync(join(granted, name)).size).toBeLessThan(2 << 20)
    },
  )

  attack(
    'A34',
    'Makes a million directories',
    'quota at the number of entries that the grant allows',
    async () => {
      const { run, granted } = await setUp('rust', { quotaEntries: 500 })
      expect(await run('fs-fill', '/g/sub')).toBe('500 quota')
      expect(readdirSync(join(granted, 'sub'))).toHaveLength(500)
    },
  )

  attack(
    'A35',
    'Reads 2^64 bytes, from offset 2^64, and skips as much of a stream',
    'gets what the file has, or an error',
    async () => {
      const { run } = await setUp('rust')
      const [all, more, most, far, beyond, skipped] = (await run('fs-read-endless', '/g/f')).split(', ')
      expect([all, more, most].map((said) => said?.split(' ')[0])).toEqual(['4', '4', '4'])
      expect([far, beyond]).toEqual([
        expect.stringMatching(/^(0 true|invalid)$/),
        expect.stringMatching(/^(0 true|invalid)$/),
      ])
      expect(skipped).toBe('skipped 4')
      expect(await run('fs-advise-all', '/g/f')).toBe('ok')
    },
  )

  attack(
    'A36',
    'Uses names with a NUL, names of 5,000 characters, and names that mean something on Windows',
    'an error, or a file of that name inside the grant',
    async () => {
      const { run, granted, expectUntouched } = await setUp('rust')
      expect(await run('fs-create', '/g/a\0b')).toBe('!invalid')
      expect(await run('fs-create', `/g/${'x'.repeat(5_000)}`)).toBe('!name-too-long')
      for (const name of [
        'CON',
        'C:x',
        '\\\\?\\C:\\x',
        'a:b',
        '..\\outside\\secret',
        'NUL.txt',
        '...',
        '..;',
        '%2e%2e',
      ])
        await run('fs-create', `/g/${name}`)
      for (const name of readdirSync(granted))
        expect(lstatSync(join(granted, name)).isFile() || name === 'sub').toBe(true)
      expectUntouched()
    },
  )

  attack(
    'A37',
    'Goes on with a handle whose grant was revoked',
    'an error from the next use on',
    async () => {
      const { run, plugin } = await setUp('rust')
      await run('fs-hold', '/g/sub')
      expect(await run('fs-held', 'create', 'before')).toBe('ok')
      expect(plugin.revoke('fs')).toBe(1)
      for (const what of ['create', 'open', 'stat', 'list-here', 'make-directory', 'unlink'])
        expect([what, await run('fs-held', what, 'before')]).toEqual([what, expect.stringMatching(/^!/)])
    },
  )

  attack(
    'A38',
    'Leaves files and links behind in its scratch directory',
    'the directory goes with the plugin, and nothing that a link in it names',
    async () => {
      const { run, plugin } = await loadGuest('rust', { grants: { fs: [{ scratch: true, at: '/tmp' }] } })
      const path = plugin.grants.fs[0]?.path ?? ''
      await run('fs-make-directory', '/tmp/d')
      await run('write-file', '/tmp/d/f', 'x')
      await run('fs-symlink', '/tmp/link')
      expect(readdirSync(path).sort()).toEqual(['d', 'link'])
      const outside = tempDir()
      writeFileSync(join(outside, 'kept'), '')
      symlinkSync(outside, join(path, 'out'))
      await plugin.close()
      expect(existsSync(path)).toBe(false)
      expect(readdirSync(outside)).toEqual(['kept'])
    },
  )
})
