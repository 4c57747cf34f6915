// On every Node: files and clocks.
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Descriptor } from '@wasm-plugin/wasi/instance'
import { describe, expect, it } from 'vitest'
import { attack } from '../helpers/attack.js'
import {
  anyGrant,
  errorOf,
  everywhere,
  FOLLOW,
  flags,
  listNames,
  NO_FOLLOW,
  openDir,
  openFlags,
  openFs,
  read,
  readText,
  writableGrant,
  writeText,
} from '../helpers/wasi.js'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (data: unknown) => new TextDecoder().decode(data as Uint8Array)

describe.each(everywhere)('files, by %s', (where) => {
  it('are created, written, read back, and seen by another instance', () => {
    const { root, other } = anyGrant(where)
    writeText(root, 'hello.txt', 'hello')
    expect(readText(root, 'hello.txt')).toBe('hello')
    expect(readText(other, 'hello.txt')).toBe('hello')
  })

  it('are read at offsets, with the end told', () => {
    const { root } = anyGrant(where)
    writeText(root, 'f', '0123456789')
    const file = read(root, 'f')
    const at = (offset: bigint) => {
      const [data, end] = file.read(4n, offset)
      return [text(data), end]
    }
    expect(at(2n)).toEqual(['2345', false])
    expect(at(8n)).toEqual(['89', true])
    expect(file.read(4n, 100n)[1]).toBe(true)
  })

  attack('A40', 'Reads 2^64 bytes', 'gets what is there', () => {
    const { root } = anyGrant(where)
    writeText(root, 'f', 'abc')
    const file = read(root, 'f')
    expect(text(file.read((1n << 64n) - 1n, 0n)[0])).toBe('abc')
    expect(errorOf(() => file.read(1n, (1n << 64n) - 1n))).toBe('invalid')
    expect(text(file.readViaStream(0n).read((1n << 64n) - 1n))).toBe('abc')
  })

  attack(
    'A62',
    'Lists a large directory again and again, and keeps every stream',
    'an error when the names in all of them are at the limit of the instance; dropped ones are free again',
    () => {
      const { root } = anyGrant(where)
      for (let i = 0; i < 800; i++) writeText(root, `${i}-`.padEnd(250, 'x'), '')
      const streams: Disposable[] = []
      const error = errorOf(() => {
        for (let i = 0; i < 200; i++) streams.push(root.readDirectory())
      })
      expect(error).toBe('insufficient-memory')
      expect(streams.length).toBeGreaterThan(100)
      for (const stream of streams) {
        stream[Symbol.dispose]()
        stream[Symbol.dispose]()
      }
      expect(listNames(root)).toHaveLength(800)
      for (const _ of streams) root.readDirectory()[Symbol.dispose]()
    },
  )

  it('stream in both directions', () => {
    const { root } = anyGrant(where)
    const file = root.openAt(FOLLOW, 'f', openFlags('create'), flags('read', 'write'))
    const out = file.writeViaStream(0n)
    expect(out.checkWrite()).toBeGreaterThan(0n)
    out.write(bytes('hello '))
    out.blockingWriteAndFlush(bytes('world'))
    file.appendViaStream().blockingWriteAndFlush(bytes('!'))
    const input = file.readViaStream(1n)
    expect(input.skip(1n)).toBe(1n)
    expect(text(input.blockingRead(3n))).toBe('llo')
    expect(text(input.read(100n))).toBe(' world!')
    expect(errorOf(() => input.read(1n))).toEqual({ tag: 'closed' })
    expect(errorOf(() => input.read(1n))).toEqual({ tag: 'closed' })
  })

  it('stay open for their streams when the descriptor is dropped', () => {
    const { root } = anyGrant(where)
    writeText(root, 'f', 'abc')
    const file = read(root, 'f')
    const input = file.readViaStream(0n)
    file[Symbol.dispose]()
    expect(text(input.read(10n))).toBe('abc')
    input[Symbol.dispose]()
    expect(errorOf(() => input.read(1n))).toEqual({ tag: 'closed' })
  })

  attack(
    'A41',
    'Skips or writes a terabyte of a stream of a file',
    'an error, or bounded by the file',
    () => {
      const { root, fs } = anyGrant(where)
      writeText(root, 'f', 'abc')
      const file = root.openAt(FOLLOW, 'f', openFlags(), flags('read', 'write'))
      expect(file.readViaStream(0n).skip(1n << 40n)).toBe(3n)
      const failure = errorOf(() => file.writeViaStream(0n).writeZeroes(1n << 40n)) as {
        tag: string
        val: never
      }
      expect(failure.tag).toBe('last-operation-failed')
      expect(fs.codeOf(failure.val)).toBe('file-too-large')
      expect(errorOf(() => file.writeViaStream(1n).writeZeroes(2n))).toBe('no error')
      expect(readText(root, 'f')).toBe('a\0\0')
    },
  )

  it('are truncated, resized and stamped', () => {
    const { root, other } = anyGrant(where)
    writeText(root, 'f', 'abcdef')
    const file = root.openAt(FOLLOW, 'f', openFlags(), flags('read', 'write'))
    file.setSize(3n)
    expect(readText(root, 'f')).toBe('abc')
    const at = { tag: 'timestamp', val: { seconds: 1_000_000_000n, nanoseconds: 500_000_000 } } as const
    file.setTimes(at, at)
    expect(other.statAt(FOLLOW, 'f').dataModificationTimestamp).toEqual(at.val)
    root.setTimesAt(
      FOLLOW,
      'f',
      { tag: 'no-change' },
      { tag: 'timestamp', val: { seconds: 5n, nanoseconds: 0 } },
    )
    expect(root.statAt(FOLLOW, 'f')).toMatchObject({
      type: 'regular-file',
      size: 3n,
      linkCount: 1n,
      dataAccessTimestamp: { seconds: 1_000_000_000n, nanoseconds: 500_000_000 },
      dataModificationTimestamp: { seconds: 5n, nanoseconds: 0 },
    })
    root.openAt(FOLLOW, 'f', openFlags('truncate'), flags('write'))
    expect(file.stat().size).toBe(0n)
  })

  it('remember how they are to be written', () => {
    const { root } = anyGrant(where)
    const file = root.openAt(
      FOLLOW,
      'f',
      openFlags('create'),
      flags('write', 'fileIntegritySync', 'requestedWriteSync'),
    )
    expect(file.getFlags()).toEqual(flags('write', 'fileIntegritySync', 'requestedWriteSync'))
    file.write(bytes('x'), 0n)
    file.sync()
    file.syncData()
    expect(readText(root, 'f')).toBe('x')
  })

  it('answer create, exclusive and directory as they should', () => {
    const { root } = anyGrant(where)
    root.createDirectoryAt('d')
    writeText(root, 'f', 'x')
    const open = (path: string, ...how: Parameters<typeof openFlags>) =>
      errorOf(() => root.openAt(FOLLOW, path, openFlags(...how), flags('read')))
    expect(open('f', 'create', 'exclusive')).toBe('exist')
    expect(open('g', 'create', 'exclusive')).toBe('no error')
    expect(open('missing')).toBe('no-entry')
    expect(open('missing/x')).toBe('no-entry')
    expect(open('f', 'directory')).toBe('not-directory')
    expect(open('f/')).toBe('not-directory')
    expect(open('f/x')).toBe('not-directory')
    expect(open('d', 'create', 'directory')).toBe('invalid')
    expect(open('d')).toBe('no error')
    expect(open('.')).toBe('no error')
    expect(errorOf(() => root.openAt(FOLLOW, 'd', openFlags(), flags('write')))).toBe('is-directory')
  })
})

describe.each(everywhere)('directories, by %s', (where) => {
  it('are made, listed, renamed and removed', () => {
    const { root } = anyGrant(where)
    root.createDirectoryAt('a/')
    root.createDirectoryAt('a/b')
    writeText(root, 'a/f', 'x')
    expect(listNames(root)).toEqual(['a'])
    expect(listNames(openDir(root, 'a'))).toEqual(['b', 'f'])
    expect(errorOf(() => root.createDirectoryAt('a'))).toBe('exist')
    expect(errorOf(() => root.removeDirectoryAt('a'))).toBe('not-empty')
    expect(errorOf(() => root.unlinkFileAt('a/b'))).toBe('is-directory')
    expect(errorOf(() => root.removeDirectoryAt('a/f'))).toBe('not-directory')
    root.renameAt('a/b', root, 'c')
    root.renameAt('a/f', openDir(root, 'c'), 'g')
    root.removeDirectoryAt('a')
    expect(readText(root, 'c/g')).toBe('x')
    root.unlinkFileAt('c/g')
    root.removeDirectoryAt('c/')
    expect(listNames(root)).toEqual([])
  })

  it('are not removed through "."', () => {
    const { root } = anyGrant(where)
    root.createDirectoryAt('a')
    for (const path of ['.', 'a/.', 'a/..'])
      expect(errorOf(() => root.removeDirectoryAt(path))).toBe('invalid')
    expect(errorOf(() => root.renameAt('.', root, 'b'))).toBe('invalid')
    expect(listNames(root)).toEqual(['a'])
  })

  it('tell the types of their entries', () => {
    const { root } = anyGrant(where)
    root.createDirectoryAt('d')
    writeText(root, 'f', '')
    root.symlinkAt('f', 'l')
    const stream = root.readDirectory()
    const types = new Map<string, string>()
    for (let e = stream.readDirectoryEntry(); e !== undefined; e = stream.readDirectoryEntry())
      types.set(e.name, e.type)
    expect(Object.fromEntries(types)).toEqual({ d: 'directory', f: 'regular-file', l: 'symbolic-link' })
  })

  it('give .. back what it came from', () => {
    const { root } = anyGrant(where, { 'a/b/g': '', 'a/f': 'in a' })
    root.symlinkAt('a/b', 'deep')
    expect(readText(root, 'a/b/../f')).toBe('in a')
    expect(readText(root, 'deep/../f')).toBe('in a')
  })
})

describe.each(everywhere)('links, by %s', (where) => {
  it('are made, read, followed and not followed', () => {
    const { root } = anyGrant(where)
    writeText(root, 'f', 'text')
    root.symlinkAt('f', 'l')
    expect(root.readlinkAt('l')).toBe('f')
    expect(readText(root, 'l')).toBe('text')
    expect(root.statAt(NO_FOLLOW, 'l').type).toBe('symbolic-link')
    expect(root.statAt(FOLLOW, 'l').type).toBe('regular-file')
    expect(errorOf(() => root.openAt(NO_FOLLOW, 'l', openFlags(), flags('read')))).toBe('loop')
    root.symlinkAt('made', 'dangling')
    writeFileThrough(root, 'dangling')
    expect(readText(root, 'made')).toBe('through')
    expect(errorOf(() => root.symlinkAt('f', 'new/'))).toBe('no-entry')
  })

  it('hard: name the same object', () => {
    const { root, fs } = anyGrant(where)
    writeText(root, 'f', 'text')
    writeText(root, 'other', 'text')
    root.linkAt(NO_FOLLOW, 'f', root, 'g')
    expect(read(root, 'f').isSameObject(read(root, 'g'))).toBe(true)
    expect(read(root, 'f').isSameObject(read(root, 'other'))).toBe(false)
    expect(root.metadataHashAt(FOLLOW, 'f')).toEqual(read(root, 'g').metadataHash())
    expect(root.metadataHashAt(FOLLOW, 'f')).not.toEqual(root.metadataHashAt(FOLLOW, 'other'))
    expect(root.statAt(FOLLOW, 'f').linkCount).toBe(2n)
    const [f, g] = [read(root, 'f'), read(root, 'g')]
    fs.control.revoke('fs')
    expect([f.isSameObject(f), f.isSameObject(g)]).toEqual([true, false])
  })
})

describe.each(everywhere)('quotas, by %s', (where) => {
  const limited = (limits: object) => anyGrant(where, {}, limits).root

  attack('A42', 'Makes a sparse file of a terabyte', 'over the quota', () => {
    const { root } = anyGrant(where)
    const file = root.openAt(FOLLOW, 'f', openFlags('create'), flags('write'))
    expect(errorOf(() => file.setSize(1n << 40n))).toBe('quota')
    expect(errorOf(() => file.write(new Uint8Array(1), 1n << 40n))).toBe('quota')
    expect(errorOf(() => file.setSize((1n << 64n) - 1n))).toBe('file-too-large')
    expect(file.stat().size).toBe(0n)
  })

  attack(
    'A43',
    'Spreads bytes over many files',
    'counted over all of them; they come back when files shrink or go',
    () => {
      const root = limited({ quotaBytes: 100 })
      writeText(root, 'a', 'x'.repeat(60))
      expect(errorOf(() => writeText(root, 'b', 'x'.repeat(60)))).toBe('quota')
      writeText(root, 'a', 'x'.repeat(30))
      writeText(root, 'b', 'x'.repeat(60))
      root.unlinkFileAt('b')
      writeText(root, 'c', 'x'.repeat(60))
    },
  )

  attack('A76', 'Writes over what is in a file', 'gives nothing back', () => {
    const root = limited({ quotaBytes: 100 })
    writeText(root, 'a', 'x'.repeat(90))
    const file = root.openAt(FOLLOW, 'a', openFlags(), flags('write'))
    for (let i = 0; i < 3; i++) file.write(new Uint8Array(1), 0n)
    expect(errorOf(() => writeText(root, 'b', 'x'.repeat(20)))).toBe('quota')
    file.write(new Uint8Array(20), 80n)
    expect(errorOf(() => file.write(new Uint8Array(1), 100n))).toBe('quota')
    file.setSize(95n)
    writeText(root, 'b', 'x'.repeat(5))
  })

  attack(
    'A77',
    'Lists a large directory, and writes much at a time, in the thread of the application',
    'ended between two steps when its time is up; nothing stays open, and what was written counts',
    () => {
      const { fs, root } = anyGrant(where, {}, { quotaBytes: 3 << 20, maxOpen: 2 })
      for (let i = 0; i < 600; i++) root.createDirectoryAt(String(i))
      let pauses = 0
      const pause = () => {
        pauses++
        throw new Error('late')
      }
      const late = openFs(undefined, where, fs.grants, pause, fs.state).roots.get('/g') as Descriptor
      for (let i = 0; i < 3; i++) expect(() => late.readDirectory()).toThrow('late')
      expect(pauses).toBe(3)
      const file = late.openAt(FOLLOW, 'f', openFlags('create'), flags('write'))
      expect(() => file.write(new Uint8Array(3 << 20), 0n)).toThrow('late')
      expect(file.stat().size).toBe(1n << 20n)
      const again = root.openAt(FOLLOW, 'f', openFlags(), flags('write'))
      expect(errorOf(() => again.setSize((3n << 20n) + 1n))).toBe('quota')
      again.setSize(3n << 20n)
    },
  )

  attack(
    'A44',
    'Removes a file and keeps it open, to write under no quota',
    'its bytes count until it is closed',
    () => {
      const root = limited({ quotaBytes: 100 })
      const file = root.openAt(FOLLOW, 'f', openFlags('create'), flags('write'))
      file.setSize(80n)
      root.unlinkFileAt('f')
      expect(errorOf(() => writeText(root, 'g', 'x'.repeat(80)))).toBe('quota')
      file[Symbol.dispose]()
      writeText(root, 'g', 'x'.repeat(80))
    },
  )

  attack('A45', 'Makes links and directories in place of files', 'counted alike', () => {
    const root = limited({ quotaEntries: 3 })
    root.createDirectoryAt('d')
    root.symlinkAt('d', 'l')
    writeText(root, 'f', '')
    for (const step of [
      () => root.createDirectoryAt('e'),
      () => root.symlinkAt('d', 'm'),
      () => writeText(root, 'g', ''),
      () => root.linkAt(NO_FOLLOW, 'f', root, 'h'),
    ])
      expect(errorOf(step)).toBe('quota')
    writeText(root, 'f', 'existing files are not new')
    root.unlinkFileAt('l')
    root.createDirectoryAt('e')
  })
})

describe.each(everywhere)('a revoked grant, by %s', (where) => {
  it('ends what is open', () => {
    const { root, fs } = anyGrant(where)
    writeText(root, 'f', 'abc')
    root.createDirectoryAt('d')
    const file = root.openAt(FOLLOW, 'f', openFlags(), flags('read', 'write'))
    const stream = file.readViaStream(0n)
    const dir = openDir(root, 'd')
    fs.control.revoke('fs')
    expect(errorOf(() => file.read(1n, 0n))).toBe('access')
    expect(errorOf(() => file.write(new Uint8Array(1), 0n))).toBe('access')
    expect(errorOf(() => file.stat())).toBe('access')
    expect(errorOf(() => stream.read(1n))).toMatchObject({ tag: 'last-operation-failed' })
    expect(errorOf(() => dir.readDirectory())).toBe('access')
    expect(errorOf(() => root.statAt(FOLLOW, 'f'))).toBe('access')
  })
})

describe('a link of the host', () => {
  it('hide an absolute target, which is a path of the host', () => {
    const { root, host } = writableGrant()
    symlinkSync('/etc/passwd', join(host, 'l'))
    expect(errorOf(() => root.readlinkAt('l'))).toBe('not-permitted')
  })
})

describe.each(everywhere)('the audit, by %s', (where) => {
  it('has one event for each use, with the path as the plugin sees it', () => {
    const { root, fs } = anyGrant(where)
    writeText(root, 'f', '')
    root.statAt(FOLLOW, 'f')
    errorOf(() => read(root, '../\u001b[31mx'))
    expect(
      fs.events.map(({ operation, target, decision, rule }) => [operation, target, decision, rule]),
    ).toEqual([
      ['create', '/g/f', 'allowed', 'fs read-write /g'],
      ['stat', '/g/f', 'allowed', 'fs read-write /g'],
      ['open', '/g/../\\u{1b}[31mx', 'denied', null],
    ])
  })
})

function writeFileThrough(root: Descriptor, path: string): void {
  const file = root.openAt(FOLLOW, path, openFlags('create'), flags('write'))
  file.write(bytes('through'), 0n)
}
