// On every Node: files and clocks.
import { once } from 'node:events'
import { lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { createHost } from '@wasm-plugin/host'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { attack } from '../helpers/attack.js'
import { keeper, noRust, runs } from '../helpers/keeper.js'
import { openFs, tempDir } from '../helpers/wasi.js'

const bundled = mkdtempSync(join(tmpdir(), 'moving-thread-'))
const entry = join(bundled, 'thread.mjs')
beforeAll(() =>
  build({
    entryPoints: [fileURLToPath(new URL('../helpers/moving-thread.ts', import.meta.url))],
    outfile: entry,
    bundle: true,
    platform: 'node',
    format: 'esm',
  }),
)
afterAll(() => rmSync(bundled, { recursive: true }))

/** Directories beside the link, so that looking through them all takes a while. */
const DIRECTORIES = 500
const ROUNDS = 6
const STEPS = 10

attack(
  'A75',
  'Moves a directory up while another instance makes a link in it, and has itself ended in between',
  'no link leads out of the grant, and the instances that live go on',
  async () => {
    const host = tempDir()
    mkdirSync(join(host, 'in/deep'), { recursive: true })
    for (let i = 0; i < DIRECTORIES; i++) mkdirSync(join(host, 'in/deep', String(i)))
    const { grants, state } = openFs([{ path: host, at: '/g', access: 'read-write' }])
    const start = async (role: 'mover' | 'linker') => {
      const steps = new Int32Array(new SharedArrayBuffer(4))
      const worker = new Worker(entry, { workerData: { grants, ruleState: state.buffer, role, steps } })
      await once(worker, 'online')
      return { worker, thread: worker.threadId, steps }
    }
    type Thread = Awaited<ReturnType<typeof start>>
    const end = async ({ worker, thread }: Thread) => {
      await worker.terminate()
      state.release(thread)
    }
    const link = join(host, 'deep/link')
    const leadsOut = () => lstatSync(link, { throwIfNoEntry: false }) !== undefined
    /** Ends the thread after so many steps of its own, or the moment that a link leads out. */
    const endInBetween = async (thread: Thread, count: number) => {
      while (Atomics.load(thread.steps, 0) < count && !leadsOut()) await setImmediate()
      await end(thread)
    }

    const linker = await start('linker')
    for (let round = 0; round < ROUNDS; round++) {
      await endInBetween(await start('mover'), STEPS + round)
      expect([round, leadsOut()]).toEqual([round, false])
      const before = Atomics.load(linker.steps, 0)
      while (Atomics.load(linker.steps, 0) === before) await setImmediate()
    }
    await end(linker)
  },
  120_000,
)

it.skipIf(noRust)('a plugin whose instance was ended while it looked for links may move others', async () => {
  const host = tempDir()
  mkdirSync(join(host, 'in/deep'), { recursive: true })
  for (let i = 0; i < DIRECTORIES; i++) mkdirSync(join(host, 'in/deep', String(i)))
  // Found last: each attempt looks through everything.
  symlinkSync('../../x', join(host, 'in/deep/link'))
  writeFileSync(join(host, 'a'), '')
  const app = await createHost()
  const grants = { fs: [{ path: host, at: '/g', access: 'read-write' as const }] }
  const plugin = await app.load(keeper(), { grants })
  try {
    const run = runs(plugin.exports as never)
    const args = ['1000000', 'rename', '/g/in/deep', '/g/deep']
    const late = plugin.call('test:keeper/keeping#run', ['repeat', args], { timeoutMs: 300 })
    await expect(late).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
    expect(await run('rename', '/g/a', '/g/b')).toBe('done')
  } finally {
    await app.close()
  }
})
