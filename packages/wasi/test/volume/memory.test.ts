import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { threadId, Worker } from 'node:worker_threads'
import { ComponentError } from '@wasm-plugin/runtime'
import type { FsGrant } from '@wasm-plugin/wasi'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BLOCK_BYTES, createMemory, Heap, readFiles, readMemory, releaseMemory } from '#internal'
import { attack } from '../../../../test/attack.js'
import {
  errorOf,
  FOLLOW,
  flags,
  listNames,
  NO_FOLLOW,
  openDir,
  openFlags,
  readText,
  writeText,
} from '../helpers/descriptors.js'
import { checkMemory } from '../helpers/memory-check.js'
import { openMemoryGrant, parseGrants } from '../helpers/open.js'

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes)
const memoryOf = ({ fs }: { fs: readonly FsGrant[] }) => fs[0]?.memory as SharedArrayBuffer

describe('a memory grant', () => {
  it('begins with the files of the application, which stay its own', () => {
    const own = new Uint8Array([1, 2, 3])
    const files = { 'a/b/deep.txt': 'deep', 'a/top.bin': own, 'ä.txt': 'grün' }
    const { root } = openMemoryGrant(files)
    expect(listNames(root)).toEqual(['a', 'ä.txt'])
    expect(readText(root, 'a/b/deep.txt')).toBe('deep')
    expect(readText(root, 'ä.txt')).toBe('grün')
    writeText(root, 'a/top.bin', 'changed')
    expect([...own]).toEqual([1, 2, 3])
  })

  it('gives back what the plugin made of them', async () => {
    const { grants, root } = openMemoryGrant({ 'in.txt': 'in' })
    root.createDirectoryAt('out')
    root.createDirectoryAt('empty')
    writeText(root, 'out/page.html', '<p>')
    root.linkAt(NO_FOLLOW, 'out/page.html', root, 'same.html')
    root.symlinkAt('in.txt', 'link')
    const files = await readFiles(grants, '/g/', threadId)
    expect([...files.keys()].sort()).toEqual(['in.txt', 'out/page.html', 'same.html'])
    expect(text(files.get('out/page.html'))).toBe('<p>')
    writeText(root, 'out/page.html', '<b>')
    expect(text(files.get('out/page.html'))).toBe('<p>')
  })

  attack('A47', 'Names a file in memory `__proto__`', 'a file of that name and nothing else', async () => {
    const { grants, root } = openMemoryGrant()
    writeText(root, '__proto__', 'x')
    expect((await readFiles(grants, '/g', threadId)).get('__proto__')).toHaveLength(1)
  })

  attack(
    'A48',
    'Gives a file in memory many names, and makes a tree too deep for a path',
    'the application reads each file once, to a bounded depth',
    async () => {
      const { grants, root } = openMemoryGrant()
      writeText(root, 'big', 'x'.repeat(1_000_000))
      for (let i = 0; i < 200; i++) root.linkAt(NO_FOLLOW, 'big', root, `name${i}`)
      let dir = root
      for (let depth = 0; depth < 40; depth++) {
        dir.createDirectoryAt('d'.repeat(200))
        dir = openDir(dir, 'd'.repeat(200))
        writeText(dir, 'f', '')
      }
      const files = await readFiles(grants, '/g', threadId)
      expect(new Set(files.values()).size).toBeLessThan(25)
      expect(files.size).toBeLessThan(250)
    },
  )

  it('is asked for by the path it is granted at', async () => {
    const directory = { scratch: true, at: '/real' }
    const grants = parseGrants({ fs: [directory, { memory: {}, at: '/m', access: 'read' }] })
    await expect(readFiles(grants, '/real', threadId)).rejects.toMatchObject({ code: 'MEMORY_GRANT_MISSING' })
    await expect(readFiles(grants, '/none', threadId)).rejects.toThrow('"/m"')
  })

  it.each([
    ['an absolute path', { '/a': '' }],
    ['a way up', { '../a': '' }],
    ['a segment without a name', { 'a//b': '' }],
    ['a directory', { 'a/': '' }],
    ['a NUL', { 'a\0': '' }],
    ['half of a character', { '\ud800': '' }],
    ['a name too long', { [`${'x'.repeat(256)}/a`]: '' }],
    ['content that is neither text nor bytes', { a: 1 }],
    ['a file that is a directory too', { a: '', 'a/b/c': '' }],
  ])('refuses %s', (_, memory) => {
    expect(() => parseGrants({ fs: [{ memory, at: '/m', access: 'read' }] })).toThrow(
      expect.objectContaining({ code: 'GRANTS_INVALID' }),
    )
  })

  it('is cut down to what a manifest asks for', () => {
    const grants = parseGrants(
      { fs: [{ memory: { 'sub/a': 'a', b: 'b' }, at: '/m', access: 'read-write' }] },
      { fs: [{ at: '/m/sub', access: 'read', reason: 'for the test' }] },
    )
    expect([...(readMemory(memoryOf(grants), threadId)?.keys() ?? [])]).toEqual(['a'])
    expect(grants.fs[0]).toMatchObject({ at: '/m/sub', access: 'read' })
  })

  attack('A49', 'Fills the memory of a grant', 'an error; nothing is lost', () => {
    const { grants, root } = openMemoryGrant({}, { quotaEntries: 40, quotaBytes: 1 })
    // Targets of links are not in the quota of bytes.
    const error = errorOf(() => {
      for (let i = 0; i < 40; i++) root.symlinkAt('x/'.repeat(2_000), `l${i}`)
    })
    expect(error).toBe('insufficient-space')
    const { lost } = checkMemory(memoryOf(grants))
    expect(lost).toBe(0)
    for (const name of listNames(root)) root.unlinkFileAt(name)
    root.symlinkAt('target', 'l')
    expect(root.readlinkAt('l')).toBe('target')
  })

  it('frees what has neither a name nor a handle', () => {
    const { grants, root } = openMemoryGrant()
    const memory = memoryOf(grants)
    const before = checkMemory(memory)
    writeText(root, 'f', 'x'.repeat(200_000))
    root.createDirectoryAt('d')
    const [file, dir] = [root.openAt(FOLLOW, 'f', openFlags(), flags('read')), openDir(root, 'd')]
    root.unlinkFileAt('f')
    root.removeDirectoryAt('d')
    expect(errorOf(() => writeText(dir, 'f', 'x'))).toBe('no-entry')
    expect(text(file.read(5n, 199_990n)[0])).toBe('xxxxx')
    expect(checkMemory(memory).lost).toBeGreaterThan(390)
    file[Symbol.dispose]()
    dir[Symbol.dispose]()
    expect(checkMemory(memory)).toMatchObject({ used: before.used, lost: 0 })
  })
})

describe('a thread that ends in the middle of a change', () => {
  const folder = mkdtempSync(join(tmpdir(), 'memory-thread-'))
  const thread = join(folder, 'thread.mjs')
  beforeAll(() =>
    build({
      entryPoints: [fileURLToPath(new URL('../helpers/memory-thread.ts', import.meta.url))],
      outfile: thread,
      bundle: true,
      platform: 'node',
      format: 'esm',
    }),
  )
  afterAll(() => rmSync(folder, { recursive: true }))

  /** Starts a thread on the volume, lets it work for `ms`, ends it, and answers its number. */
  async function disturb(memory: SharedArrayBuffer, seed: number, ms: number): Promise<number> {
    const worker = new Worker(thread, { workerData: { memory, seed } })
    const { threadId } = worker
    await once(worker, 'online')
    await new Promise((resolve) => setTimeout(resolve, ms))
    await worker.terminate()
    return threadId
  }

  attack(
    'A51',
    'Ends in the middle of a change to files in memory, over and over',
    'the files stay whole',
    async () => {
      const memory = createMemory(new Map([['a/f', new Uint8Array(10)]]), {
        quotaBytes: 8 << 20,
        quotaEntries: 1_000,
      })
      for (let round = 0; round < 25; round++) {
        const threads = await Promise.all(
          [1, 2].map((n) => disturb(memory, round * 2 + n, 5 + ((round * 7 + n) % 20))),
        )
        for (const thread of threads) releaseMemory(memory, thread)
        expect(readMemory(memory, threadId)).toBeInstanceOf(Map)
        checkMemory(memory)
      }
    },
  )

  it('is undone by whoever comes next', () => {
    const memory = createMemory(new Map([['f', new Uint8Array(10)]]), { quotaBytes: 1_000, quotaEntries: 10 })
    const heap = new Heap(memory, threadId)
    const before = [...heap.words.subarray(128)]
    // A thread of number 41 that changed some words and was gone.
    heap.words[0] = 42
    for (let i = 0; i < 20; i++) heap.set(2 + i * 77, -1)
    expect(readMemory(memory, threadId)).toBeUndefined()
    releaseMemory(memory, 40)
    expect(readMemory(memory, threadId)).toBeUndefined()
    releaseMemory(memory, 41)
    expect(readMemory(memory, threadId)?.size).toBe(1)
    expect([...heap.words.subarray(3 * 128)]).toEqual(before.slice(2 * 128))
  })

  it('leaves what it had freed as it was, when it is undone', () => {
    const heap = new Heap(createMemory(new Map(), { quotaBytes: 10_000, quotaEntries: 10 }), threadId)
    const bytesOf = (block: number) => heap.bytes.subarray(block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES)
    const block = heap.run(() => {
      const allocated = heap.allocate()
      bytesOf(allocated).fill(7)
      return allocated
    })
    const undone = () =>
      heap.run(() => {
        heap.free(block)
        for (let i = 0; i < 3; i++) bytesOf(heap.allocate()).fill(9)
        throw new Error('the step does not end')
      })
    expect(undone).toThrow('the step does not end')
    expect(new Set(bytesOf(block))).toEqual(new Set([7]))
    heap.run(() => heap.free(block))
    expect(heap.run(() => heap.allocate())).toBe(block)
  })

  it('is undone when it was this thread that ran out of stack', () => {
    const { grants, root } = openMemoryGrant({ f: 'kept' })
    const at = (depth: number, act: () => void): void => (depth === 0 ? act() : at(depth - 1, act))
    // How deep a stack goes, once the engine has made up its mind about the size of a frame.
    let depth = 0
    for (let round = 0; round < 10; round++) {
      depth = 0
      for (let step = 1 << 16; step > 0; step >>= 1)
        try {
          at(depth + step, () => {})
          depth += step
        } catch {}
    }
    const outcomes = new Set<unknown>()
    for (let left = 4_000; left > -20; left -= 3)
      for (const act of [
        () => root.createDirectoryAt('d'),
        () => root.renameAt('d', root, 'e'),
        () => root.removeDirectoryAt('e'),
      ])
        try {
          at(depth - left, act)
          outcomes.add('done')
        } catch (error) {
          // Wherever it ran out, what it was about to do is done or not. An import of the test runner is undefined there.
          if (!(error instanceof RangeError || error instanceof TypeError || ComponentError.is(error)))
            throw error
          outcomes.add(error.name)
        }
    expect(outcomes).toContain('RangeError')
    expect(outcomes).toContain('done')
    checkMemory(memoryOf(grants))
    expect(readText(root, 'f')).toBe('kept')
  })
})
