import { type AccessEvent, createHost, type GrantsInput, type Host, PluginError } from '@wasm-plugin/web'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { attack } from './helpers/attack.js'
import { listAll, newFolder, readText, writeText } from './helpers/folder.js'
import { addGuest, fileOf, isBuilt } from './helpers/guests.js'

let host: Host
beforeEach(async () => {
  host = await createHost()
})
afterEach(() => host.close())

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'nothing',
    (error) => (PluginError.is(error) ? error.code : String(error)),
  )

const at = (folder: FileSystemDirectoryHandle, access: 'read' | 'read-write' = 'read-write', more = {}) =>
  ({ fs: [{ folder, at: '/d', access, ...more }] }) satisfies GrantsInput

describe.skipIf(!isBuilt('rust'))('a folder of the browser', () => {
  it('is read, written, appended to, listed, made in and removed from', async () => {
    const folder = await newFolder({ 'a.txt': 'text', 'in/b.txt': 'below' })
    const { run } = await addGuest(host, 'rust', { grants: at(folder) })
    expect(await run('read-file', '/d/a.txt')).toBe('text')
    expect(await run('read-file', '/d/in/b.txt')).toBe('below')
    expect(await run('list', '/d')).toMatch(/a\.txt.*in/s)
    await run('write-file', '/d/new.txt', 'one')
    await run('append-file', '/d/new.txt', ' two')
    expect(await readText(folder, 'new.txt')).toBe('one two')
    expect(await run('read-file', '/d/new.txt')).toBe('one two')
    await run('write-file', '/d/a.txt', 'x')
    expect(await readText(folder, 'a.txt')).toBe('x')
    await run('make-directory', '/d/made')
    await run('write-file', '/d/made/c.txt', 'c')
    expect(await run('fs-stat', '/d/made')).toBe('directory')
    expect(await run('fs-remove-directory', '/d/made')).toBe('!not-empty')
    await run('remove', '/d/made/c.txt')
    expect(await run('fs-remove-directory', '/d/made')).toBe('ok')
    expect(await run('fs-unlink', '/d/in')).toBe('!is-directory')
    expect(await run('fs-read', '/d/gone')).toBe('!no-entry')
    expect(await run('fs-truncate', '/d/new.txt')).toBe('ok')
    expect(await readText(folder, 'new.txt')).toBe('')
    expect(await listAll(folder)).toEqual(['a.txt', 'in/', 'in/b.txt', 'new.txt'])
  })

  it('has its files renamed, over others too, and keeps large ones whole', async () => {
    const folder = await newFolder({ a: 'first', b: 'second', 'in/c': 'third' })
    const { run } = await addGuest(host, 'rust', { grants: at(folder) })
    await run('rename', '/d/a', '/d/b')
    expect(await readText(folder, 'b')).toBe('first')
    await run('rename', '/d/b', '/d/in/moved')
    expect(await listAll(folder)).toEqual(['in/', 'in/c', 'in/moved'])
    const large = 'zwölf '.repeat(500_000)
    await run('write-file', '/d/large', large)
    expect((await readText(folder, 'large')) === large).toBe(true)
    expect((await run('read-file', '/d/large')) === large).toBe(true)
  })

  it('is the same for all instances of a plugin, and for what the page writes meanwhile', async () => {
    const folder = await newFolder({ a: 'one' })
    const plugin = await host.load(fileOf('rust'), { grants: at(folder), pool: { instances: 2 } })
    const run = (...[operation, ...args]: string[]) =>
      plugin.call('test:guest/program#run', [operation, args])
    await Promise.all(Array.from({ length: 8 }, (_, i) => run('append-file', '/d/a', `${i}`)))
    expect((await readText(folder, 'a')).slice(3).split('').sort().join('')).toBe('01234567')
    await writeText(folder, 'a', 'anew')
    expect(await run('read-file', '/d/a')).toBe('anew')
  })

  it('is held to the quotas of its grant', async () => {
    const folder = await newFolder()
    const { run } = await addGuest(host, 'rust', {
      grants: at(folder, 'read-write', { quotaBytes: 10, quotaEntries: 2, maxOpen: 4 }),
    })
    expect(await run('write-file', '/d/a', '0123456789')).toBe('')
    expect(await run('append-file', '/d/a', 'x')).toMatch(/^!/)
    expect(await readText(folder, 'a')).toBe('0123456789')
    await run('fs-create', '/d/b')
    expect(await run('fs-create', '/d/c')).toBe('!quota')
    await run('fs-unlink', '/d/a')
    expect(await run('write-file', '/d/c', '0123456789')).toBe('')
    expect(await run('fs-flood', '/d/c')).toMatch(/ quota$/)
  })

  it('is narrowed, shown and taken back like any other', async () => {
    const folder = await newFolder({ a: 'text' })
    const { run, plugin } = await addGuest(host, 'rust', { grants: at(folder) })
    const denied: AccessEvent[] = []
    host.on('denied', (event) => denied.push(event))
    expect(plugin.grants.given.fs).toMatchObject([{ at: '/d', kind: 'folder', access: 'read-write' }])
    plugin.narrow(at(folder, 'read'))
    expect(await run('fs-truncate', '/d/a')).toBe('!read-only')
    expect(await run('fs-read', '/d/a')).toBe('text')
    const other = at(await newFolder(), 'read')
    expect(() => plugin.narrow(other)).toThrow(expect.objectContaining({ code: 'GRANTS_NOT_NARROWER' }))
    plugin.revoke('fs')
    expect(await run('fs-read', '/d/a')).toBe('!no-grant')
    expect(denied.map(({ operation, target }) => [operation, target])).toContainEqual(['write', '/d/a'])
  })

  it('is no folder for a plugin in the thread of the page, and not one that is gone', async () => {
    const folder = await newFolder({ a: 'file' })
    const grants = at(folder)
    expect(await codeOf(host.load(fileOf('rust'), { isolation: 'inline', grants }))).toBe(
      'GRANT_NEEDS_THREAD',
    )
    await (await navigator.storage.getDirectory()).removeEntry(folder.name, { recursive: true })
    expect(await codeOf(host.load(fileOf('rust'), { grants }))).toBe('GRANT_PATH_MISSING')
    const wrong = { fs: [{ folder: {} as never, at: '/d', access: 'read' as const }] }
    expect(await codeOf(host.load(fileOf('rust'), { grants: wrong }))).toBe('GRANTS_INVALID')
  })

  it('is granted with a directory in it that has rules of its own, by one handle', async () => {
    const outer = await newFolder({ 'in/a': 'text', b: 'other' })
    const write = { folder: outer, at: '/d', access: 'read-write' as const }
    const inner = { folder: await outer.getDirectoryHandle('in'), at: '/e', access: 'read' as const }
    expect(await codeOf(host.load(fileOf('rust'), { grants: { fs: [write, inner] } }))).toBe('GRANTS_INVALID')
    const { run, plugin } = await addGuest(host, 'rust', {
      grants: { fs: [write, { folder: outer, below: 'in', at: '/e', access: 'read' }] },
    })
    expect(await run('fs-read', '/e/a')).toBe('text')
    // By whichever way it is come to.
    expect(await run('fs-truncate', '/d/in/a')).toBe('!read-only')
    expect(await run('fs-rename', '/d/in', '/d/out')).toBe('!busy')
    expect(await run('fs-truncate', '/d/b')).toBe('ok')
    plugin.narrow({ fs: [{ folder: outer, below: 'in', at: '/e', access: 'read' }] })
    expect(await run('fs-read', '/d/b')).toBe('!no-grant')
    expect(await run('fs-read', '/e/a')).toBe('text')
  })

  it('that the person closes while the plugin runs is closed to it, and that is reported', async () => {
    const folder = await newFolder({ a: 'text' })
    const { run } = await addGuest(host, 'rust', { grants: at(folder) })
    const denied: AccessEvent[] = []
    host.on('denied', (event) => denied.push(event))
    expect(await run('fs-read', '/d/a')).toBe('text')
    closeForPage(folder)
    expect(await run('fs-read', '/d/a')).toBe('!access')
    expect(await run('fs-create', '/d/b')).toBe('!access')
    expect(denied).toContainEqual(
      expect.objectContaining({ capability: 'fs', operation: 'create', target: '/d/b', decision: 'denied' }),
    )
    expect(await codeOf(host.load(fileOf('rust'), { name: 'again', grants: at(folder) }))).toBe(
      'FOLDER_NOT_PERMITTED',
    )
  })

  attack(
    'H4',
    'Asks for what lies above a folder that the person picked, by dots, slashes and NUL',
    'denied: a name is one entry of the folder',
    async () => {
      const outer = await newFolder({ secret: 'secret', 'in/a': 'text' })
      const folder = await outer.getDirectoryHandle('in')
      const { run } = await addGuest(host, 'rust', { grants: at(folder) })
      const outcomes = new Set<string>()
      for (const path of [
        '../secret',
        'a/../../secret',
        './../secret',
        '..\\secret',
        '\0secret',
        '%2e%2e/secret',
      ])
        for (const what of ['fs-read', 'fs-create', 'fs-unlink', 'fs-make-directory', 'fs-stat'])
          outcomes.add(await run(what, `/d/${path}`))
      for (const path of ['/d//../secret', '/d/..', '/d/../in/a']) outcomes.add(await run('fs-read', path))
      expect([...outcomes].every((outcome) => outcome.startsWith('!') || outcome === 'ok')).toBe(true)
      expect(await readText(outer, 'secret')).toBe('secret')
      expect((await listAll(outer)).filter((path) => !path.startsWith('in/'))).toEqual(['secret'])
    },
  )

  attack(
    'H5',
    'Is ended at its deadline while it opens one file of a folder again and again',
    'all that it had open is closed: another plugin may remove the file',
    async () => {
      const folder = await newFolder({ a: 'text' })
      const { plugin } = await addGuest(host, 'rust', {
        name: 'opens',
        grants: at(folder, 'read', { maxOpen: 1_000_000 }),
      })
      const late = plugin.call('test:guest/program#run', ['fs-flood', ['/d/a']], { timeoutMs: 500 })
      expect(await codeOf(late)).toBe('DEADLINE_EXCEEDED')
      const { run } = await addGuest(host, 'rust', { name: 'removes', grants: at(folder) })
      expect(await run('write-file', '/d/a', 'after')).toBe('')
      expect(await readText(folder, 'a')).toBe('after')
      expect(await run('fs-unlink', '/d/a')).toBe('ok')
    },
  )
})

/** What a handle does once the person has taken it back, for which a browser without a head has no means. */
function closeForPage(handle: FileSystemDirectoryHandle): void {
  const refuse = async () => {
    throw new DOMException('It was taken back', 'NotAllowedError')
  }
  const names = ['getFileHandle', 'getDirectoryHandle', 'removeEntry']
  for (const name of names) Object.defineProperty(handle, name, { value: refuse })
  Object.defineProperty(handle, 'queryPermission', { value: async () => 'prompt' })
}
