// On every Node: what keeps a process alive.
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Worker } from 'node:worker_threads'
import { createHost, type Host, type HostOptions } from '@wasm-plugin/host'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { assemble } from '../helpers/guests.js'
import { tempDir } from '../helpers/wasi.js'

const plugin = assemble(`(component
  (core module $m (func (export "one") (result i32) (i32.const 1)) (func (export "spin") (loop $l (br $l)))
    (func (export "trap") unreachable))
  (core instance $i (instantiate $m))
  (func (export "one") (result u32) (canon lift (core func $i "one")))
  (func (export "spin") (canon lift (core func $i "spin")))
  (func (export "trap") (canon lift (core func $i "trap"))))`)

async function hostWith(options: HostOptions): Promise<Host> {
  const host = await createHost(options)
  onTestFinished(() => host.close())
  return host
}

/** Waits until so many threads wait. */
const waiting = (host: Host, count: number) =>
  vi.waitFor(() => expect(host.stats.warmThreads).toBe(count), { timeout: 10_000 })

describe('threads that are started ahead', () => {
  it('are taken by plugins, and others take their place', async () => {
    const host = await hostWith({ warmThreads: 2 })
    await waiting(host, 2)
    const loading = [1, 2, 3].map((n) => plugin.then((bytes) => host.load(bytes, { name: `plugin ${n}` })))
    const plugins = await Promise.all(loading)
    expect(await Promise.all(plugins.map((loaded) => loaded.call('one', [])))).toEqual([1, 1, 1])
    await waiting(host, 2)
  })

  it('end their calls, faults and plugins as others do', async () => {
    const host = await hostWith({ warmThreads: 1 })
    await waiting(host, 1)
    const loaded = await host.load(await plugin)
    await expect(loaded.call('trap', [])).rejects.toMatchObject({ code: 'GUEST_TRAP' })
    await expect(loaded.call('spin', [], { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    })
    expect(await loaded.call('one', [])).toBe(1)
    const running = loaded.call('spin', [])
    await Promise.all([expect(running).rejects.toMatchObject({ code: 'PLUGIN_CLOSED' }), loaded.close()])
    await waiting(host, 1)
  })

  it('are left to plugins with as much heap as they have', async () => {
    const host = await hostWith({ warmThreads: 1 })
    await waiting(host, 1)
    const loaded = await host.load(await plugin, { limits: { heapBytes: 256 << 20 } })
    expect(host.stats.warmThreads).toBe(1)
    expect(await loaded.call('one', [])).toBe(1)
  })

  it.skipIf(process.platform !== 'linux')('end with their host (Linux shows threads)', async () => {
    const threads = () => readdirSync('/proc/self/task').length
    const cycle = async () => {
      const host = await createHost({ warmThreads: 4 })
      await waiting(host, 4)
      await host.close()
      expect(host.stats.warmThreads).toBe(0)
      // One that is closed at once starts none.
      await (await createHost({ warmThreads: 4 })).close()
    }
    await cycle()
    const before = threads()
    for (let i = 0; i < 3; i++) await cycle()
    await vi.waitFor(() => expect(threads()).toBeLessThanOrEqual(before), { timeout: 10_000 })
  })

  it('do not keep a process alive', async () => {
    const file = join(tempDir(), 'one.wasm')
    writeFileSync(file, await plugin)
    const program = fileURLToPath(new URL('../helpers/warm-child.mjs', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, [program, file], { timeout: 30_000 })
    expect(stdout).toBe('1\n')
  })

  it('are none unless they are asked for, and no more than there may be', async () => {
    const host = await hostWith({})
    await host.load(await plugin)
    expect(host.stats.warmThreads).toBe(0)
    for (const warmThreads of [-1, 1.5, 65, '2' as never])
      await expect(createHost({ warmThreads })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
  })

  it('are started while a plugin is compiled, one for each, and end where it cannot be', async () => {
    const host = await hostWith({})
    const exits: Promise<unknown>[] = []
    const onWorker = (worker: Worker) =>
      void exits.push(new Promise((resolve) => worker.once('exit', resolve)))
    process.on('worker', onWorker)
    onTestFinished(() => void process.off('worker', onWorker))
    await expect(host.load('nowhere.wasm')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' })
    expect(exits).toHaveLength(0)
    await host.load(await plugin, { name: 'inline', isolation: 'inline' })
    expect(exits).toHaveLength(0)
    const loaded = await host.load(await plugin, { name: 'first' })
    expect(exits).toHaveLength(1)
    expect(await loaded.call('one', [])).toBe(1)
    await expect(host.load(new Uint8Array(100))).rejects.toMatchObject({ code: 'NOT_WASM' })
    expect(exits.length).toBeLessThanOrEqual(2)
    await loaded.close()
    await Promise.all(exits)
    // Of many at once, each has its own.
    const before = exits.length
    const names = ['a', 'b', 'c']
    const many = await Promise.all(names.map(async (name) => host.load(await plugin, { name })))
    expect(exits).toHaveLength(before + 3)
    expect(await Promise.all(many.map((one) => one.call('one', [])))).toEqual([1, 1, 1])
  })

  it('get ready with a plugin whose source is here', async () => {
    const text = readFileSync(new URL('../helpers/sample.wat', import.meta.url), 'utf8')
    const script = readFileSync(new URL('../../dist/thread.cjs', import.meta.url), 'utf8')
    expect(script).toContain(Buffer.from(await assemble(text)).toString('base64'))
  })
})
