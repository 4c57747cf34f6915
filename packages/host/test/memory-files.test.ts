import { describe, expect, it } from 'vitest'
import { type GuestLanguage, isBuilt, loadGuest } from './helpers/guests.js'

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes)
const language: GuestLanguage = 'assemblyscript'
const grants = () => ({ fs: [{ memory: { 'a.txt': 'a' }, at: '/data', access: 'read-write' as const }] })

describe.skipIf(!isBuilt(language))('files in memory', () => {
  it('are the same for all threads of a plugin', { timeout: 120_000 }, async () => {
    const { plugin, run } = await loadGuest(language, { grants: grants(), pool: { instances: 3 } })
    const written = await Promise.all(
      Array.from({ length: 12 }, (_, i) => run('write-file', `/data/${i}.txt`, `file ${i}`)),
    )
    expect(written).toEqual(Array(12).fill(''))
    const read = await Promise.all(Array.from({ length: 12 }, (_, i) => run('read-file', `/data/${i}.txt`)))
    expect(read).toEqual(Array.from({ length: 12 }, (_, i) => `file ${i}`))
    expect((await plugin.readFiles('/data')).size).toBe(13)
  })

  it('outlast deadlines, faults and the plugin', { timeout: 120_000 }, async () => {
    const { plugin, run } = await loadGuest(language, { grants: grants() })
    expect(await run('write-file', '/data/b.txt', 'b')).toBe('')
    const late = plugin.call('test:guest/program#run', ['sleep', ['60000']], { timeoutMs: 200 })
    await expect(late).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
    expect(await run('read-file', '/data/b.txt')).toBe('b')
    await plugin.close()
    expect(text((await plugin.readFiles('/data')).get('b.txt'))).toBe('b')
  })

  it('are read while the plugin changes them', { timeout: 120_000 }, async () => {
    const { plugin, run } = await loadGuest(language, { grants: grants() })
    const writing = (async () => {
      for (let i = 0; i < 100; i++) await run('write-file', '/data/c.txt', 'x'.repeat(10_000))
    })()
    for (let i = 0; i < 50; i++) {
      const { length } = (await plugin.readFiles('/data')).get('c.txt') ?? []
      expect(length === undefined || length <= 10_000).toBe(true)
    }
    await writing
    expect((await plugin.readFiles('/data')).get('c.txt')).toHaveLength(10_000)
  })

  it('are there for a plugin in the thread of the application', async () => {
    const { plugin } = await loadGuest(language, { grants: grants(), isolation: 'inline' } as never)
    expect(text((await plugin.readFiles('/data')).get('a.txt'))).toBe('a')
    await expect(plugin.readFiles('/other')).rejects.toMatchObject({ code: 'MEMORY_GRANT_MISSING' })
  })
})
