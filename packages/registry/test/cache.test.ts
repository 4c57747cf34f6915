import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import {
  cacheFolder,
  type Digest,
  digestOf,
  openCache,
  openLayout,
  type Repository,
} from '@wasm-plugin/registry'
import { describe, expect, it } from 'vitest'
import { artifactOf, noise } from './helpers/artifacts.js'
import { testFolder } from './helpers/folders.js'

const artifact = artifactOf(noise(500_000, 3))

/** A repository that counts the bytes it gives, and can end a read after some. */
async function source() {
  const layout = openLayout({ folder: testFolder(), path: 'acme/render' })
  await layout.putBlob(artifact.layer)
  const state = { given: 0, endsAfter: Number.POSITIVE_INFINITY }
  const repository: Repository = {
    ...layout,
    async *readBlob(blob, options) {
      let given = 0
      for await (const piece of layout.readBlob(blob, options)) {
        for (let at = 0; at < piece.length; at += 10_000) {
          if (given >= state.endsAfter) throw new Error('cut off')
          const part = piece.subarray(at, at + 10_000)
          given += part.length
          state.given += part.length
          yield part
        }
      }
    },
  }
  return { repository, state }
}

const fileOf = (folder: string, digest: Digest) => path.join(folder, 'blobs/sha256', digest.slice(7))

describe('the cache', () => {
  it('asks the repository once, and gives the same bytes to another process', async () => {
    const { repository, state } = await source()
    const cache = openCache(testFolder())
    for (let i = 0; i < 2; i++)
      expect(Buffer.from(await cache.fetch(artifact.blob, repository)).equals(artifact.bytes)).toBe(true)
    expect(state.given).toBe(artifact.blob.size)
    const code = `import { openCache } from '@wasm-plugin/registry'
      const bytes = await openCache(process.argv[1]).get(process.argv[2])
      process.stdout.write(String(bytes?.length))`
    const args = ['--input-type=module', '-e', code, cache.folder, artifact.blob.digest]
    const child = spawn(process.execPath, args, {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [out] = await once(child.stdout, 'data')
    expect(String(out)).toBe(String(artifact.blob.size))
  })

  it('fetches a damaged entry again', async () => {
    const { repository } = await source()
    const cache = openCache(testFolder())
    await cache.fetch(artifact.blob, repository)
    const file = fileOf(cache.folder, artifact.blob.digest)
    const flipped = await readFile(file)
    flipped[77]! ^= 1
    for (const damage of [flipped, flipped.subarray(0, 99), Buffer.alloc(0)]) {
      await writeFile(file, damage)
      expect(await cache.get(artifact.blob.digest)).toBeUndefined()
      expect(Buffer.from(await cache.fetch(artifact.blob, repository)).equals(artifact.bytes)).toBe(true)
      expect(digestOf(await readFile(file))).toBe(artifact.blob.digest)
    }
    await rm(file)
    await symlink('/dev/zero', file)
    expect(await cache.get(artifact.blob.digest)).toBeUndefined()
    expect(await cache.put(artifact.bytes)).toBe(artifact.blob.digest)
    expect(Buffer.from((await cache.get(artifact.blob.digest))!).equals(artifact.bytes)).toBe(true)
  })

  it('goes on with a download that was cut off', async () => {
    const { repository, state } = await source()
    const cache = openCache(testFolder())
    state.endsAfter = 300_000
    await expect(cache.fetch(artifact.blob, repository)).rejects.toThrow('cut off')
    state.endsAfter = Number.POSITIVE_INFINITY
    expect(Buffer.from(await cache.fetch(artifact.blob, repository)).equals(artifact.bytes)).toBe(true)
    expect(state.given).toBeLessThan(artifact.blob.size + 20_000)
    expect(await readdir(path.join(cache.folder, 'partial'))).toEqual([])
  })

  it('begins again if what was there of it is damaged', async () => {
    const { repository, state } = await source()
    const cache = openCache(testFolder())
    state.endsAfter = 300_000
    await expect(cache.fetch(artifact.blob, repository)).rejects.toThrow('cut off')
    state.endsAfter = Number.POSITIVE_INFINITY
    const folder = path.join(cache.folder, 'partial')
    const [name = ''] = await readdir(folder)
    const bytes = await readFile(path.join(folder, name))
    bytes[5]! ^= 1
    await writeFile(path.join(folder, name), bytes)
    expect(Buffer.from(await cache.fetch(artifact.blob, repository)).equals(artifact.bytes)).toBe(true)
    expect(await readdir(folder)).toEqual([])
  })

  it('gives everybody the same who fetch at the same time', async () => {
    const { repository } = await source()
    const folder = testFolder()
    const all = await Promise.all(
      Array.from({ length: 8 }, () => openCache(folder).fetch(artifact.blob, repository)),
    )
    for (const bytes of all) expect(Buffer.from(bytes).equals(artifact.bytes)).toBe(true)
    expect(await openCache(folder).usage()).toEqual({ blobs: 1, bytes: artifact.blob.size })
  })

  it('says its size, and removes what is not used and not kept', async () => {
    const cache = openCache(testFolder())
    expect(await cache.usage()).toEqual({ blobs: 0, bytes: 0 })
    const [old, kept, fresh] = await Promise.all([10, 20, 30].map((size) => cache.put(noise(size, size))))
    const before = new Date(Date.now() - 100_000_000)
    for (const digest of [old!, kept!]) await utimes(fileOf(cache.folder, digest), before, before)
    expect(await cache.prune({ keep: [kept!], unusedForMs: 90_000_000 })).toEqual({ blobs: 1, bytes: 10 })
    expect(await cache.get(old!)).toBeUndefined()
    expect(await cache.get(fresh!)).toBeDefined()
    expect(await cache.prune()).toEqual({ blobs: 2, bytes: 50 })
    expect(await cache.usage()).toEqual({ blobs: 0, bytes: 0 })
  })

  it('is where the system has such folders', () => {
    const home = '/h/ada'
    expect(cacheFolder({ platform: 'linux', env: {}, home })).toBe('/h/ada/.cache/wasm-plugin')
    expect(cacheFolder({ platform: 'linux', env: { XDG_CACHE_HOME: '/c' }, home })).toBe('/c/wasm-plugin')
    expect(cacheFolder({ platform: 'linux', env: { XDG_CACHE_HOME: 'c' }, home })).toBe(
      '/h/ada/.cache/wasm-plugin',
    )
    expect(cacheFolder({ platform: 'darwin', env: {}, home })).toBe('/h/ada/Library/Caches/wasm-plugin')
    expect(cacheFolder({ platform: 'win32', env: { LOCALAPPDATA: 'C:\\L' }, home: 'C:\\Users\\ada' })).toBe(
      'C:\\L\\wasm-plugin\\cache',
    )
  })

  it('does not make room for what no blob can be', async () => {
    const { repository } = await source()
    const blob = { ...artifact.blob, size: 2 ** 52 }
    await expect(openCache(testFolder()).fetch(blob, repository)).rejects.toMatchObject({
      code: 'CONTENT_TOO_LARGE',
    })
  })

  it('says so when its folder cannot be written', async () => {
    const file = path.join(testFolder(), 'file')
    await writeFile(file, '')
    await expect(openCache(file).put(noise(3))).rejects.toMatchObject({ code: 'FOLDER_UNWRITABLE' })
  })
})
