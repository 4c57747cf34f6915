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
import { createHost } from '@wasm-plugin/host'
import { describe, expect, onTestFinished } from 'vitest'
import { attack } from '../helpers/attack.js'
import { assemble, type GuestLanguage, isBuilt, loadGuest } from '../helpers/guests.js'
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
      const path = plugin.grants.given.fs[0]?.path ?? ''
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

/** Asks for its directories as often as it is told, and keeps what it gets: how many there were the last time, summed. */
const LOOKS_AGAIN = `(component
  (import "wasi:filesystem/types@0.2.12" (instance $types (export "descriptor" (type (sub resource)))))
  (alias export $types "descriptor" (type $descriptor))
  (import "wasi:filesystem/preopens@0.2.12" (instance $preopens
    (alias outer 1 $descriptor (type $outer))
    (export "descriptor" (type $descriptor (eq $outer)))
    (export "get-directories" (func (result (list (tuple (own $descriptor) string)))))))
  (core module $memory
    (memory (export "memory") 1)
    (global $end (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
      (local.set $at (global.get $end))
      (global.set $end (i32.and (i32.add (i32.add (global.get $end) (local.get 3)) (i32.const 7)) (i32.const -8)))
      (local.get $at)))
  (core instance $memory (instantiate $memory))
  (core func $look (canon lower (func $preopens "get-directories")
    (memory (core memory $memory "memory")) (realloc (core func $memory "realloc"))))
  (core module $m
    (import "env" "look" (func $look (param i32)))
    (import "env" "memory" (memory 1))
    (func (export "look") (param i32) (result i32) (local $sum i32)
      (loop $next
        (call $look (i32.const 16))
        (local.set $sum (i32.add (local.get $sum) (i32.load (i32.const 20))))
        (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (local.get $sum)))
  (core instance $i (instantiate $m (with "env" (instance
    (export "look" (func $look)) (export "memory" (memory $memory "memory"))))))
  (func (export "look") (param "times" u32) (result u32) (canon lift (core func $i "look"))))`

describe.skipIf(!isBuilt('rust'))('directories that cannot be opened once more', () => {
  attack(
    'D41',
    'Asks for its directories again when it has as many open as it may',
    'ends with a limit of its own; the application is not blamed',
    async () => {
      const host = await createHost()
      onTestFinished(() => host.close())
      const plugin = await host.load(await assemble(LOOKS_AGAIN), {
        grants: { fs: [{ path: tempDir(), at: '/g', access: 'read', maxOpen: 3 }] },
      })
      expect(await plugin.call('look', [3])).toBe(3)
      await expect(plugin.call('look', [1])).rejects.toMatchObject({ code: 'WASI_LIMIT', origin: 'plugin' })
      expect(await plugin.call('look', [3])).toBe(3)
    },
  )

  attack(
    'D42',
    'Looks for a granted directory that was removed, or replaced by a link to another',
    'is not given it, which is reported as denied; the application is not blamed',
    async () => {
      for (const replace of [false, true]) {
        const { run, host, granted, outside, expectUntouched } = await setUp('rust')
        const denied: string[] = []
        host.on('denied', ({ target }) => denied.push(target))
        rmSync(granted, { recursive: true })
        if (replace) symlinkSync(outside, granted)
        // A fresh instance opens what there is now.
        expect(await run('panic', 'on purpose')).toBe('GUEST_TRAP')
        expect(await run('fs-preopens')).toBe('')
        expect(denied).toContain('/g')
        expectUntouched()
      }
    },
  )
})
