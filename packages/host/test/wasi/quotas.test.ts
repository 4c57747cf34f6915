// On every Node: files, and atomic operations on memory of several threads.
import { once } from 'node:events'
import { type Dirent, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Descriptor } from '@wasm-plugin/wasi/instance'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SEED, tries } from '../../../../test/seed.js'
import { attack } from '../helpers/attack.js'
import {
  anyGrant,
  errorOf,
  everywhere,
  FOLLOW,
  flags,
  grantOf,
  NO_FOLLOW,
  openFlags,
  openFs,
  type TestFs,
  writeText,
} from '../helpers/wasi.js'

const bundled = mkdtempSync(join(tmpdir(), 'quota-thread-'))
const entry = join(bundled, 'thread.mjs')
beforeAll(() =>
  build({
    entryPoints: [fileURLToPath(new URL('../helpers/quota-thread.ts', import.meta.url))],
    outfile: entry,
    bundle: true,
    platform: 'node',
    format: 'esm',
  }),
)
afterAll(() => rmSync(bundled, { recursive: true }))

const QUOTA = 40_000
const ENTRIES = 6
const WRITE = flags('write')
const create = (root: Descriptor, name: string) => root.openAt(FOLLOW, name, openFlags('create'), WRITE)

/** Two grants in which a plugin may change files. */
function twoGrants(): { fs: TestFs; paths: string[]; roots: Descriptor[] } {
  const limits = { quotaBytes: QUOTA, quotaEntries: ENTRIES }
  const inputs = ['/d', '/e'].map((at) => grantOf('handles', {}, { at, ...limits }) as { path: string })
  const fs = openFs(inputs)
  return { fs, paths: inputs.map(({ path }) => path), roots: [...fs.roots.values()] }
}

/** Not by `recursive`, which follows links to directories. */
function entriesBelow(path: string): Dirent[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry, ...entriesBelow(join(path, entry.name))] : [entry],
  )
}

/** What is in a directory: the entries, and the bytes of files, each once. */
function there(path: string): { entries: number; bytes: number } {
  const entries = entriesBelow(path)
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => statSync(join(parentPath, name)))
  const sizes = new Map(files.map(({ ino, size }) => [ino, size]))
  return { entries: entries.length, bytes: [...sizes.values()].reduce((sum, size) => sum + size, 0) }
}

describe('a file that is open', () => {
  attack(
    'A80',
    'Moves a file to another of its directories while it is open, writes on, and closes it; again and again',
    'what is open stays in its directory, as on another disk; what is closed moves, and counts where it is',
    () => {
      const { fs, paths, roots } = twoGrants()
      const [d, e] = roots as [Descriptor, Descriptor]
      for (let i = 0; i < 3; i++) {
        const file = create(d, 'f')
        expect(errorOf(() => d.renameAt('f', e, `f${i}`))).toBe('cross-device')
        expect(errorOf(() => d.linkAt(NO_FOLLOW, 'f', e, `l${i}`))).toBe('cross-device')
        file.setSize(15_000n)
        file[Symbol.dispose]()
        const moves = () => d.renameAt('f', e, `f${i}`)
        if (i < 2) moves()
        else expect(errorOf(moves)).toBe('quota')
      }
      expect(paths.map(there)).toEqual([
        { entries: 1, bytes: 15_000 },
        { entries: 2, bytes: 30_000 },
      ])
      expect(fs.grants.fs.map(({ account }) => fs.state.used(account))).toEqual(paths.map(there))
    },
  )

  attack(
    'A81',
    'Gives a file a second name, and moves one of the two to another of its directories',
    'both stay: bytes are counted in one place',
    () => {
      const { roots } = twoGrants()
      const [d, e] = roots as [Descriptor, Descriptor]
      writeText(d, 'f', 'x')
      d.linkAt(NO_FOLLOW, 'f', d, 'g')
      expect(errorOf(() => d.renameAt('g', e, 'g'))).toBe('cross-device')
      d.unlinkFileAt('f')
      d.renameAt('g', e, 'g')
      // A move onto another name of the same link would do nothing, and be counted.
      d.symlinkAt('x', 'l')
      d.linkAt(NO_FOLLOW, 'l', d, 'm')
      expect(errorOf(() => d.renameAt('m', e, 'm'))).toBe('cross-device')
    },
  )
})

describe.each(everywhere)('two instances, by %s', (where) => {
  attack(
    'A82',
    'Removes, or replaces, in one instance what another has open, to have its bytes back at once',
    'they count until the last of all instances has closed it, whatever an instance that counts anew finds',
    () => {
      const { root, other } = anyGrant(where, {}, { quotaBytes: 100, quotaEntries: 3 })
      const removals = [
        () => other.unlinkFileAt('f'),
        () => {
          writeText(other, 'g', '')
          other.renameAt('g', other, 'f')
          other.unlinkFileAt('f')
        },
      ]
      for (const remove of removals) {
        const file = create(root, 'f')
        const again = other.openAt(FOLLOW, 'f', openFlags(), WRITE)
        file.setSize(60n)
        remove()
        file.setSize(80n)
        file[Symbol.dispose]()
        const more = [root, other].map((one) => create(one, 'h'))
        for (const one of more) expect(errorOf(() => one.setSize(21n))).toBe('quota')
        again[Symbol.dispose]()
        for (const one of more) {
          one.setSize(100n)
          one[Symbol.dispose]()
        }
        other.unlinkFileAt('h')
      }
    },
  )
})

const start = async ({ fs, steps, seed }: { fs: TestFs; steps: number; seed: number }) => {
  const done = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(entry, {
    workerData: { grants: fs.grants, ruleState: fs.state.buffer, steps, seed, done },
  })
  await once(worker, 'online')
  const thread = worker.threadId
  const exit = once(worker, 'exit').then(() => fs.state.release(thread))
  return { worker, done, exit }
}

attack(
  'A83',
  'Writes, cuts, moves, links and removes the same files in two instances at once',
  'what is there is never more than what is counted, and that never more than the quota',
  async () => {
    for (let round = 0; round < tries(4); round++) {
      const { fs, paths } = twoGrants()
      const threads = await Promise.all(
        [1, 2].map((n) => start({ fs, steps: 4_000, seed: SEED * 1_000 + round * 2 + n })),
      )
      await Promise.all(threads.map(({ exit }) => exit))
      expect(threads.map(({ done }) => done[0])).toEqual([4_000, 4_000])
      const found = paths.map(there)
      for (const { bytes, entries } of found) {
        expect(bytes).toBeLessThanOrEqual(QUOTA)
        expect(entries).toBeLessThanOrEqual(ENTRIES)
      }
      // What is counted too much is given back before the plugin hears of its quota, as the next test shows.
      for (const [i, { account }] of fs.grants.fs.entries()) {
        const used = fs.state.used(account)
        expect(used.entries).toBeGreaterThanOrEqual(found[i]?.entries as number)
        expect(used.bytes).toBeGreaterThanOrEqual(found[i]?.bytes as number)
      }
    }
  },
  tries(60_000),
)

it(
  'has what is left of a quota after threads were ended in the middle of anything',
  async () => {
    const { fs, paths, roots } = twoGrants()
    for (let round = 0; round < tries(4); round++) {
      const threads = await Promise.all(
        [1, 2].map((n) => start({ fs, steps: Number.POSITIVE_INFINITY, seed: SEED * 1_000 + round * 2 + n })),
      )
      for (const { worker, done, exit } of threads) {
        while ((done[0] as number) < 200) await setImmediate()
        await worker.terminate()
        await exit
      }
      for (const [i, root] of roots.entries()) {
        const { entries, bytes } = there(paths[i] as string)
        expect(bytes).toBeLessThanOrEqual(QUOTA)
        expect(entries).toBeLessThanOrEqual(ENTRIES)
        // Room for one more, if there is none.
        if (entries === ENTRIES)
          rmSync(join(paths[i] as string, readdirSync(paths[i] as string)[0] as string), { recursive: true })
        const left = BigInt(QUOTA - there(paths[i] as string).bytes)
        const file = create(root, 'new')
        file.setSize(left)
        expect(errorOf(() => file.setSize(left + 1n))).toBe('quota')
        file[Symbol.dispose]()
        root.unlinkFileAt('new')
      }
    }
  },
  tries(60_000),
)
