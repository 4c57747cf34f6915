import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Stores } from '@wasm-plugin/embed/services'
import { createGate } from '@wasm-plugin/wasi/instance'
import { expect, it, onTestFinished, vi } from 'vitest'
import { fileStores, makeRecord } from '#internal'
import { size } from '../../../../test/seed.js'
import { attack } from '../helpers/attack.js'
import { parseGrants } from '../helpers/grants.js'
import { guest } from '../helpers/guests.js'
import { tempDir } from '../helpers/wasi.js'

const disk = vi.hoisted(() => ({ free: Number.POSITIVE_INFINITY }))

/** A disk that takes what there is room for and then fails, as a real one does. */
vi.mock('node:fs', async (original) => {
  const { default: fs, ...named } = await original<
    typeof import('node:fs') & { default: typeof import('node:fs') }
  >()
  type Done = (error: Error | null, written?: number) => void
  const write = (fd: number, bytes: Uint8Array, from: number, length: number, at: number, done: Done) => {
    if (disk.free === 0) return done(Object.assign(new Error('no space left'), { code: 'ENOSPC' }))
    const room = Math.min(length, disk.free)
    disk.free -= room
    fs.write(fd, bytes, from, room, at, done)
  }
  return { ...named, default: { ...fs, write } }
})

function openStores(file: string): Stores {
  const stores = fileStores(createGate('test', parseGrants({ keyvalue: { default: { file } } }), () => {}))
  onTestFinished(() => stores.close())
  return stores
}

const set = (stores: Stores, key: string, value: Uint8Array) =>
  stores.later('keyvalue.set')('default', key, makeRecord(key, value))
const get = (stores: Stores, key: string) => stores.later('keyvalue.get')('default', key)

attack(
  'E71',
  'Fills the disk that its key-value store is on',
  'an error of the interface; what was kept before is kept, and what comes after it',
  async () => {
    const file = join(tempDir(), 'store')
    const stores = openStores(file)
    await set(stores, 'a', Uint8Array.of(1))
    for (const free of [0, 1, 500]) {
      disk.free = free
      await expect(set(stores, 'a', new Uint8Array(1_000))).rejects.toMatchObject({
        payload: { tag: 'other', val: 'the store cannot be written: ENOSPC' },
      })
      expect(await get(stores, 'a')).toEqual(Uint8Array.of(1))
      disk.free = Number.POSITIVE_INFINITY
      await set(stores, `after ${free}`, Uint8Array.of(2))
    }
    disk.free = 0
    const full = { payload: { tag: 'other', val: 'the store cannot be written: ENOSPC' } }
    await expect(stores.later('keyvalue.increment')('default', 'n', 1n, 's64')).rejects.toMatchObject(full)
    const record = makeRecord('n', Uint8Array.of(48))
    await expect(stores.later('keyvalue.swap')('default', 'n', undefined, record)).rejects.toMatchObject(full)
    await expect(stores.later('keyvalue.set-many')('default', [['n', record]])).rejects.toMatchObject(full)
    await expect(stores.later('keyvalue.delete-many')('default', ['a'])).rejects.toMatchObject(full)
    disk.free = Number.POSITIVE_INFINITY
    expect(await stores.later('keyvalue.increment')('default', 'n', 1n, 's64')).toBe(1n)
    expect(await get(stores, 'a')).toEqual(Uint8Array.of(1))
    // The file that is to take the place of the old one does not fit.
    for (let i = 0; i < 25; i++) {
      await set(stores, 'a', new Uint8Array(50_000).fill(i))
      disk.free = i === 20 ? 60_000 : Number.POSITIVE_INFINITY
    }
    stores.close()
    const again = openStores(file)
    expect(await get(again, 'a')).toEqual(new Uint8Array(50_000).fill(24))
    expect(await get(again, 'after 500')).toEqual(Uint8Array.of(2))
  },
)

/** How the child ended, and how many changes were acknowledged. */
function runChild(
  args: readonly string[],
): Promise<{ signal: unknown; acknowledged: number; stderr: string }> {
  const child = fileURLToPath(new URL('../helpers/store-child.mjs', import.meta.url))
  return new Promise((resolve) => {
    execFile(process.execPath, [child, ...args], (error, stdout, stderr) => {
      resolve({ signal: error?.signal, acknowledged: stdout.split('kept').length - 1, stderr })
    })
  })
}

it('loses nothing that was acknowledged when the process is killed at any point', {
  timeout: 300_000,
}, async () => {
  const dir = tempDir()
  const [plugin, file] = [join(dir, 'storing.wasm'), join(dir, 'store')]
  writeFileSync(plugin, await guest('storing'))
  const kept = new Map<string, Uint8Array>()
  const at = (i: number) =>
    [`key ${i % 5}`, new Uint8Array(1 + ((i * 7_919) % 150_000)).fill(i % 251)] as const
  let next = 0
  for (let round = 0; round < size(15, 40); round++) {
    // Each goes on with the file that the one before left behind.
    const uses = 3 + ((round * 37) % 101)
    const { signal, acknowledged, stderr } = await runChild([plugin, file, String(uses), String(next)])
    expect([signal, stderr]).toEqual(['SIGKILL', ''])
    for (const end = next + acknowledged; next < end; next++) kept.set(...at(next))

    const stores = openStores(file)
    await stores.start()
    // What was in flight is kept or it is not, and never in part.
    const [key, value] = at(next)
    if (isSame(await get(stores, key), value)) kept.set(key, value)
    for (const [key, value] of kept)
      expect(isSame(await get(stores, key), value), `${key} after ${uses} uses, in round ${round}`).toBe(true)
    stores.close()
    next++
  }
  expect(next).toBeGreaterThan(size(150, 500))
})

function isSame(found: unknown, value: Uint8Array): boolean {
  return found instanceof Uint8Array && Buffer.compare(found, value) === 0
}
