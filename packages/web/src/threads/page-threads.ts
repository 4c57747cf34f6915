import type { StartThread, Threads, WarmThreads } from '@wasm-plugin/embed'
import type { GrantSet } from '@wasm-plugin/wasi'
import { canWait, requireWaiting } from '../page/isolation.js'
import { runPlugin } from './run-plugin.js'
import { startWorker, type ThreadScript } from './start-worker.js'

/** The workers of one host: those that wait for a plugin, and how others are started. */
export class PageThreads implements Threads {
  readonly #script: ThreadScript | undefined
  readonly #count: number
  readonly #waiting = new Set<Worker>()
  #isClosed = false

  constructor(script: ThreadScript | undefined, { count }: WarmThreads) {
    this.#script = script
    this.#count = count
    this.#fill()
  }

  get waiting(): number {
    return this.#waiting.size
  }

  async open(grants: GrantSet): Promise<StartThread> {
    await requireWaiting(grants)
    return (spec, events) =>
      runPlugin(this.#take() ?? startWorker(this.#script, spec.init.plugin), spec, {
        ...events,
        onMessage: (message) => {
          // Others are started when this one is no longer in need of the processor.
          if (message.type === 'ready') this.#fill()
          events.onMessage(message)
        },
      })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const worker of this.#waiting) worker.terminate()
    this.#waiting.clear()
  }

  #take(): Worker | undefined {
    const [worker] = this.#waiting
    if (worker !== undefined) this.#waiting.delete(worker)
    return worker
  }

  /** Whatever is in the way of it, the load of a plugin says. */
  #fill(): void {
    if (!canWait()) return
    while (!this.#isClosed && this.#waiting.size < this.#count) {
      let worker: Worker
      try {
        worker = startWorker(this.#script, 'wasm-plugin')
      } catch {
        return
      }
      this.#waiting.add(worker)
      worker.onerror = (event) => {
        event.preventDefault()
        this.#waiting.delete(worker)
      }
    }
  }
}
