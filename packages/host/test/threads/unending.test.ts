import type { Worker } from 'node:worker_threads'
import { createHost } from '@wasm-plugin/host'
import { describe, expect, onTestFinished, vi } from 'vitest'
import { attack } from '../helpers/attack.js'
import { assemble, outcomeOf } from '../helpers/guests.js'

/** No thread is heard to have ended, as when the engine cannot interrupt what it does. Answers with those that were started. */
function unendingThreads(): Worker[] {
  const threads: Worker[] = []
  const listener = (thread: Worker) => {
    threads.push(thread)
    const emit = thread.emit.bind(thread) as (name: string, ...args: unknown[]) => boolean
    thread.emit = (name: string, ...args: unknown[]) => name !== 'exit' && emit(name, ...args)
  }
  process.on('worker', listener)
  onTestFinished(() => void process.off('worker', listener))
  return threads
}

describe('threads that do not end', () => {
  attack(
    'E138',
    'Does in its thread what the engine cannot interrupt, in call after call',
    'it gets no more than sixteen such threads; closing does not wait for them, and warns',
    async () => {
      const threads = unendingThreads()
      const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
      onTestFinished(() => warn.mockRestore())
      const host = await createHost({ limits: { timeoutMs: 20 } })
      const bytes = await assemble(`(component
        (core module $m (func (export "run") (result i32) (loop (br 0)) (unreachable)))
        (core instance $i (instantiate $m))
        (func (export "run") (result u32) (canon lift (core func $i "run"))))`)
      const plugin = await host.load(bytes, { name: 'unending' })
      const outcomes = new Set<unknown>()
      for (let i = 0; i < 200 && !outcomes.has('THREADS_UNENDING'); i++)
        outcomes.add(await outcomeOf(plugin.call('run')))
      expect([...outcomes]).toEqual(['DEADLINE_EXCEEDED', 'THREADS_UNENDING'])
      expect(await outcomeOf(plugin.call('run'))).toBe('THREADS_UNENDING')
      expect(threads.length).toBe(17)

      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      onTestFinished(() => void vi.useRealTimers())
      const closing = host.close()
      await vi.runAllTimersAsync()
      await closing
      expect(warn).toHaveBeenCalledWith('17 threads of plugin "unending" were ended and go on')
      expect(host.plugins.size).toBe(0)
    },
  )
})
