// On every Node: files and clocks.
import type { Descriptor } from '@wasm-plugin/wasi/instance'
import { describe, expect, it } from 'vitest'
import { attack } from '../helpers/attack.js'
import {
  errorOf,
  listNames,
  NO_FOLLOW,
  openDir,
  openFs,
  readText,
  tempDir,
  writeText,
} from '../helpers/wasi.js'

describe('grants that a plugin sees inside of one another', () => {
  it.each(['memory inside of a directory', 'a directory inside of memory'])('%s', (kind) => {
    const path = tempDir()
    const [real, memory] = [{ path }, { memory: {} }]
    const [outer, inner] = kind.startsWith('memory') ? [real, memory] : [memory, real]
    const { roots, events } = openFs([
      { ...outer, at: '/data', access: 'read-write' },
      { ...inner, at: '/data/inner', access: 'read-write' },
    ])
    const [out, within] = [roots.get('/data'), roots.get('/data/inner')] as [Descriptor, Descriptor]
    writeText(out, 'f', 'outer')
    // One file, whichever way one comes, and the grant of the innermost decides.
    writeText(out, 'inner/f', 'inner')
    expect(readText(within, 'f')).toBe('inner')
    expect(readText(out, 'inner/../f')).toBe('outer')
    expect(openDir(out, 'inner').isSameObject(within)).toBe(true)
    expect(events.at(-1)).toMatchObject({ target: '/data/inner', rule: 'fs read-write /data/inner' })
    expect(listNames(out)).toEqual(['f', 'inner'])
    // The way in stays where the host put it.
    for (const step of [
      () => out.removeDirectoryAt('inner'),
      () => out.renameAt('inner', out, 'moved'),
      () => out.renameAt('f', out, 'inner'),
    ])
      expect(errorOf(step)).toBe('invalid')
    expect(errorOf(() => out.createDirectoryAt('inner'))).toBe('exist')
    // Neither names nor files go from one volume to the other.
    expect(errorOf(() => out.renameAt('f', within, 'g'))).toBe('cross-device')
    expect(errorOf(() => within.renameAt('f', out, 'g'))).toBe('cross-device')
    expect(errorOf(() => out.linkAt(NO_FOLLOW, 'f', within, 'g'))).toBe('cross-device')
    expect(errorOf(() => within.linkAt(NO_FOLLOW, 'f', out, 'g'))).toBe('cross-device')
    expect([listNames(out), listNames(within)]).toEqual([['f', 'inner'], ['f']])
  })

  attack(
    'A50',
    'Changes files in memory, granted for reading, through the directory around them',
    'read-only',
    () => {
      const { roots } = openFs([
        { path: tempDir(), at: '/', access: 'read-write' },
        { memory: { 'key.txt': 'kept' }, at: '/config', access: 'read' },
      ])
      const out = roots.get('/') as Descriptor
      expect(errorOf(() => writeText(out, 'config/key.txt', 'x'))).toBe('read-only')
      expect(errorOf(() => out.unlinkFileAt('config/key.txt'))).toBe('read-only')
      expect(readText(out, 'config/key.txt')).toBe('kept')
    },
  )
})
