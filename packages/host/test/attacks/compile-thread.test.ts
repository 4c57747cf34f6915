import type { Worker } from 'node:worker_threads'
import { createHost } from '@wasm-plugin/host'
import { describe, expect, onTestFinished, vi } from 'vitest'
import { attack } from '../helpers/attack.js'
import { assemble, outcomeOf } from '../helpers/guests.js'

/** Large enough for a thread of its own. */
const large = (result = 'i32.const 7') => `(component
  (core module $m (memory 256) (data "${'x'.repeat(5 << 20)}") (func (export "f") (result i32) ${result}))
  (core instance $i (instantiate $m))
  (func (export "f") (result u32) (canon lift (core func $i "f"))))`

/** Does something with the next threads that the process starts. */
function onThreads(count: number, act: (thread: Worker) => void): void {
  let left = count
  const listener = (thread: Worker) => {
    if (--left === 0) process.off('worker', listener)
    act(thread)
  }
  process.on('worker', listener)
  onTestFinished(() => void process.off('worker', listener))
}

const ended = (thread: Worker) => new Promise<void>((resolve) => thread.once('exit', () => resolve()))

describe('a module that is compiled for long', () => {
  attack(
    'E135',
    'Is not compiled when its deadline has passed, or when the application gives its load up or closes the host',
    'the load, or the inspection, fails at once, and the thread that compiles is ended',
    async () => {
      const bytes = await assemble(large())
      for (const isolation of ['worker', 'inline'] as const) {
        const host = await createHost()
        onTestFinished(() => host.close())
        const late = { isolation, limits: { startMs: 1 } }
        expect(await outcomeOf(host.load(bytes, late))).toBe('DEADLINE_EXCEEDED')
        expect(await outcomeOf(host.inspect(bytes, late))).toBe('DEADLINE_EXCEEDED')

        const controller = new AbortController()
        const gone: Promise<void>[] = []
        onThreads(2, (thread) => {
          gone.push(ended(thread))
          if (gone.length === 1) controller.abort()
          else void host.close()
        })
        const { signal } = controller
        expect(await outcomeOf(host.load(bytes, { isolation, signal }))).toBe('LOAD_ABORTED')
        expect(await outcomeOf(host.load(bytes, { isolation }))).toBe('HOST_CLOSED')
        await host.close()
        await Promise.all(gone)
        expect(gone.length).toBe(2)
      }
    },
  )

  attack(
    'E136',
    'Ends the thread that compiles it',
    'the load fails; the module is not compiled again in the thread of the application',
    async () => {
      const bytes = await assemble(large())
      const host = await createHost()
      onTestFinished(() => host.close())
      const { WebAssembly: engine } = globalThis as unknown as { WebAssembly: { compile: () => unknown } }
      const compiledHere = vi.spyOn(engine, 'compile')
      onTestFinished(() => compiledHere.mockRestore())
      onThreads(1, (thread) => thread.once('online', () => void thread.terminate()))
      // That of a plugin would be started first.
      const inline = { isolation: 'inline' } as const
      await expect(host.load(bytes, inline)).rejects.toMatchObject({
        code: 'INVALID_CORE_MODULE',
        message: expect.stringContaining('the thread that compiled it ended'),
      })
      expect(compiledHere).not.toHaveBeenCalled()
      // The next one has a thread of its own.
      expect((await host.load(bytes, inline)).call('f')).toBe(7)
    },
  )

  attack(
    'E137',
    'Is loaded many times at once, so that every thread that compiles is taken',
    'the others wait in line, and each is compiled, refused or given up as if it were alone',
    async () => {
      const [good, bad] = await Promise.all([assemble(large()), assemble(large('i64.const 7'))])
      const host = await createHost({ limits: { startMs: 60_000 } })
      onTestFinished(() => host.close())
      let threads = 0
      onThreads(Number.POSITIVE_INFINITY, () => threads++)
      const controller = new AbortController()
      const loads = Array.from({ length: 12 }, (_, i) =>
        outcomeOf(i % 2 === 0 ? host.inspect(good).then(({ exports }) => exports.join()) : host.inspect(bad)),
      )
      const given = outcomeOf(host.inspect(good, { signal: controller.signal }))
      controller.abort()
      expect(await given).toBe('LOAD_ABORTED')
      expect(await Promise.all(loads)).toEqual(
        Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? 'f' : 'INVALID_CORE_MODULE')),
      )
      expect(threads).toBe(12)
    },
  )
})
