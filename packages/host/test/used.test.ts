// On every Node: what a system tells of a thread, and memory that threads share.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createHost,
  type Host,
  type Isolation,
  type LoadOptions,
  type Plugin,
  type PluginLimits,
} from '@wasm-plugin/host'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { assemble, isBuilt, loadGuest } from './helpers/guests.js'
import { tempDir } from './helpers/wasi.js'

/** Echoes a text, works in proportion, and never ends. */
const WORKER = `(component
  (core module $m
    (memory (export "memory") 20)
    (global $at (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.set $at (i32.and (i32.add (global.get $at) (i32.const 7)) (i32.const -8)))
      (global.get $at)
      (global.set $at (i32.add (global.get $at) (local.get 3))))
    (func (export "echo") (param i32 i32) (result i32)
      (i32.store (i32.const 16) (local.get 0))
      (i32.store (i32.const 20) (local.get 1))
      (global.set $at (i32.const 1024))
      (i32.const 16))
    (func (export "work") (param i32) (result i32)
      (loop $l
        (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
        (br_if $l (i32.gt_s (local.get 0) (i32.const 0))))
      (local.get 0))
    (func (export "spin") (loop $l (br $l)))
    (func (export "trap") unreachable))
  (core instance $i (instantiate $m))
  (alias core export $i "memory" (core memory $memory))
  (alias core export $i "realloc" (core func $realloc))
  (func (export "echo") (param "text" string) (result string)
    (canon lift (core func $i "echo") (memory $memory) (realloc $realloc)))
  (func (export "sum") (param "all" (list u32)) (result (list u32))
    (canon lift (core func $i "echo") (memory $memory) (realloc $realloc)))
  (func (export "work") (param "turns" u32) (result u32) (canon lift (core func $i "work")))
  (func (export "spin") (canon lift (core func $i "spin")))
  (func (export "trap") (canon lift (core func $i "trap"))))`

let host: Host
let worker: Uint8Array
beforeEach(async () => {
  worker = await assemble(WORKER)
  host = await createHost()
})
afterEach(() => host.close())

const load = async (isolation: Isolation, limits: Partial<PluginLimits> = {}) =>
  (await host.load(worker, { name: 'used', isolation, limits } as LoadOptions)) as Plugin

const codeOf = (call: () => unknown) =>
  (async () => call())().then(
    () => 'ok',
    ({ code }) => code,
  )

describe.each<Isolation>(['worker', 'inline', 'process'])('what a plugin uses (%s)', (isolation) => {
  it('has the bytes of what it is called with, and of its results', async () => {
    const plugin = await load(isolation)
    const { echo, sum } = plugin.exports
    const bytes = () => [plugin.stats.bytesIn, plugin.stats.bytesOut]
    expect(bytes()).toEqual([0, 0])
    await echo('x'.repeat(1_000))
    expect(bytes()).toEqual([1_000, 1_000])
    await echo('ä'.repeat(500))
    expect(bytes()).toEqual([2_000, 2_000])
    await sum(new Uint32Array(200))
    expect(bytes()).toEqual([2_800, 2_800])
    // More than goes by shared memory.
    await sum(new Uint32Array(300_000))
    expect(bytes()).toEqual([1_202_800, 1_202_800])
    expect(host.stats).toMatchObject({ bytesIn: 1_202_800, bytesOut: 1_202_800 })
  })

  it('stays when instances end', async () => {
    const plugin = await load(isolation, isolation === 'inline' ? { fuel: 100_000 } : { timeoutMs: 10_000 })
    const { echo, spin, trap } = plugin.exports
    await echo('x'.repeat(1_000))
    expect(await codeOf(trap)).toBe('GUEST_TRAP')
    await echo('x'.repeat(1_000))
    // With a thread or process its end is counted.
    if (isolation !== 'inline')
      expect(await codeOf(() => plugin.with({ timeoutMs: 20 }).exports.spin())).toBe('DEADLINE_EXCEEDED')
    else expect(await codeOf(spin)).toBe('OUT_OF_FUEL')
    await echo('x'.repeat(1_000))
    expect(plugin.stats).toMatchObject({ bytesIn: 3_000, bytesOut: 3_000 })
    await plugin.update(worker)
    await plugin.exports.echo('x'.repeat(1_000))
    expect(plugin.stats).toMatchObject({ bytesIn: 4_000, bytesOut: 4_000 })
    await plugin.close()
    expect(plugin.stats).toMatchObject({ bytesIn: 4_000, bytesOut: 4_000 })
  })

  it('has the fuel of calls, where it is metered', async () => {
    const fuel = 1_000_000
    const plugin = await load(isolation, { fuel })
    const took = async (turns: number) => {
      const before = plugin.stats.fuel as number
      await plugin.exports.work(turns)
      return (plugin.stats.fuel as number) - before
    }
    const [once, again, more] = [await took(100), await took(100), await took(10_000)]
    expect(again).toBe(once)
    expect(once).toBeGreaterThanOrEqual(100)
    expect(more).toBeGreaterThanOrEqual(100 * once - 100 * 20)
    const before = plugin.stats.fuel as number
    expect(await codeOf(plugin.exports.spin)).toBe('OUT_OF_FUEL')
    expect(plugin.stats.fuel).toBeGreaterThanOrEqual(before + fuel)
    expect(host.stats.fuel).toBe(plugin.stats.fuel)
  })

  it('has processor time, where the system tells it', async () => {
    host.on('call', () => {})
    const plugin = await load(isolation)
    if (process.platform !== 'linux' && isolation !== 'inline') {
      expect(plugin.stats.cpuMs).toBeUndefined()
      return
    }
    const before = plugin.stats.cpuMs ?? 0
    expect(before > 0).toBe(isolation !== 'inline')
    await plugin.exports.work(100_000_000)
    const after = plugin.stats.cpuMs as number
    expect(after).toBeGreaterThan(before)
    if (isolation !== 'inline') await codeOf(() => plugin.with({ timeoutMs: 20 }).exports.spin())
    expect(plugin.stats.cpuMs).toBeGreaterThanOrEqual(after)
    await plugin.close()
    expect(plugin.stats.cpuMs).toBeGreaterThanOrEqual(after)
  })
})

it('has no fuel where it is not metered', async () => {
  const plugin = await load('worker')
  await plugin.exports.work(100)
  expect(plugin.stats.fuel).toBeUndefined()
  expect(host.stats.fuel).toBeUndefined()
})

/** Walls with a thread of their own. */
type Walled = 'worker' | 'process'

describe.skipIf(!isBuilt('rust'))('what a plugin uses of WASI', () => {
  const folder = (text: string) => {
    const path = tempDir()
    writeFileSync(join(path, 'a.txt'), text)
    return path
  }

  it.each<Walled>(['worker', 'process'])('is counted by capability (%s)', async (isolation) => {
    const { plugin, host, run } = await loadGuest('rust', {
      isolation,
      grants: { fs: [{ path: folder('hello'), at: '/data', access: 'read' }], env: { A: '1' } },
    })
    const before = plugin.stats.uses
    expect(await run('read-file', '/data/a.txt')).toBe('hello')
    const { uses } = plugin.stats
    expect(uses.fs).toBeGreaterThan(before.fs ?? 0)
    expect(Object.isFrozen(uses)).toBe(true)
    expect(await run('read-file', '/data/b/../../a.txt')).toMatch(/^!/)
    await run('http-get', 'http://a.example/')
    expect(plugin.stats.uses.net).toBeUndefined()
    expect(plugin.stats.denials).toMatchObject({ net: 1 })
    expect(host.stats).toMatchObject({ uses: plugin.stats.uses, denials: plugin.stats.denials })
  })

  it.each<Walled>(['worker', 'process'])('has the bytes of files (%s)', async (isolation) => {
    const { plugin, run } = await loadGuest('rust', {
      isolation,
      grants: { fs: [{ path: folder('x'.repeat(100_000)), at: '/data', access: 'read-write' }] },
    })
    const { bytesIn, bytesOut } = plugin.stats
    expect(await run('read-file', '/data/a.txt')).toHaveLength(100_000)
    expect(plugin.stats.bytesIn - bytesIn).toBeGreaterThanOrEqual(100_000)
    expect(plugin.stats.bytesIn - bytesIn).toBeLessThan(120_000)
    // The text that it gave.
    expect(plugin.stats.bytesOut - bytesOut).toBeGreaterThanOrEqual(100_000)
    expect(plugin.stats.bytesOut - bytesOut).toBeLessThan(120_000)
  })
})

it('has the bytes that a module of preview 1 reads and writes', async () => {
  const plugin = await host.load(
    await assemble(`(module
      (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
      (memory (export "memory") 1)
      (func (export "print") (result i32)
        (i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const 300))
        (memory.fill (i32.const 64) (i32.const 46) (i32.const 300))
        (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
      (func (export "random") (result i32) (call $random (i32.const 64) (i32.const 200))))`),
    { name: 'old' },
  )
  expect(await plugin.exports.print()).toBe(0)
  expect(plugin.stats).toMatchObject({ bytesIn: 0, bytesOut: 300 })
  expect(await plugin.exports.random()).toBe(0)
  expect(plugin.stats).toMatchObject({ bytesIn: 200, bytesOut: 300 })
})
