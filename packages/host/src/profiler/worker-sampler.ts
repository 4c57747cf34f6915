import type { Worker } from 'node:worker_threads'
import type { Sampler } from '@wasm-plugin/embed'
import { InspectedWorker } from './inspected-worker.js'

/** What Node has since 24.8. */
interface Profiling {
  startCpuProfile?(): Promise<{ stop(): Promise<string> }>
}

/**
 * Looks at what a thread does, however busy it is.
 *
 * @param online settles when its code has begun to run
 */
export function workerSampler(worker: Worker, threadId: number, online: Promise<unknown>): Sampler {
  let onExit = () => {}
  const exit = new Promise<never>((_, reject) => {
    onExit = () => reject(new Error('the thread has ended'))
    worker.once('exit', onExit)
  })
  exit.catch(() => {})
  const unlessOver = <T>(work: Promise<T>): Promise<T> => Promise.race([work, exit])
  const sampler =
    (worker as unknown as Profiling).startCpuProfile === undefined
      ? new InspectedWorker(threadId)
      : new ProfiledWorker(worker as unknown as Required<Profiling>)
  return {
    async begin() {
      await unlessOver(online)
      await unlessOver(sampler.begin())
    },
    end: () => unlessOver(sampler.end()),
    close() {
      worker.off('exit', onExit)
      sampler.close()
    },
  }
}

/** Where the thread itself can be asked, which Node's permissions allow. */
class ProfiledWorker implements Sampler {
  readonly #worker: Required<Profiling>
  #handle: { stop(): Promise<string> } | undefined

  constructor(worker: Required<Profiling>) {
    this.#worker = worker
  }

  async begin(): Promise<void> {
    this.#handle = await this.#worker.startCpuProfile()
  }

  async end(): Promise<unknown> {
    const profile = await this.#handle?.stop()
    return JSON.parse(profile ?? 'null')
  }

  close(): void {}
}
