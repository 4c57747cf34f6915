import type { AppRequest, StartThread, Threads, WarmThreads } from '@wasm-plugin/embed'
import { type Booted, bootThread } from './boot-thread.js'
import { type ThreadCode, threadCode } from './code/thread-code.js'
import { runPlugin } from './run-plugin.js'

/** The threads of one host: those that wait for a plugin, and how others are started. */
export class NodeThreads implements Threads {
  readonly #warm: WarmThreads
  readonly #waiting = new Set<Booted>()
  #isClosed = false

  constructor(warm: WarmThreads) {
    this.#warm = warm
    void this.#fill()
  }

  get waiting(): number {
    return this.#waiting.size
  }

  async open(): Promise<StartThread> {
    const code = await threadCode()
    return (spec, events) => {
      const booted =
        this.#take(spec.heapBytes) ?? bootThread(code, { heapBytes: spec.heapBytes, name: spec.init.plugin })
      return runPlugin(booted, spec, {
        ...events,
        // The rule state is in memory that it shares.
        ask: (request, call) => events.ask(request as AppRequest, call),
        onStarted: () => this.#fillLater(),
      })
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#waiting].map(({ worker }) => worker.terminate()))
  }

  #take(heapBytes: number): Booted | undefined {
    if (heapBytes !== this.#warm.heapBytes) return undefined
    const [booted] = this.#waiting
    if (booted !== undefined) this.#waiting.delete(booted)
    booted?.worker.ref()
    return booted
  }

  /** The first calls of a plugin, and its end if it is a short one, are in need of the processor that a start takes. */
  #fillLater(): void {
    setTimeout(() => void this.#fill(), FILL_MS).unref()
  }

  async #fill(): Promise<void> {
    const { count, heapBytes } = this.#warm
    if (this.#waiting.size >= count) return
    let code: ThreadCode
    try {
      code = await threadCode()
    } catch {
      // The load of a plugin says what is wrong.
      return
    }
    while (!this.#isClosed && this.#waiting.size < count) {
      const booted = bootThread(code, { heapBytes, name: 'wasm-plugin', isWarm: true })
      booted.worker.unref()
      this.#waiting.add(booted)
      booted.worker.once('exit', () => this.#waiting.delete(booted))
    }
  }
}

/** Milliseconds from the start of a plugin to that of the thread that waits for the next one. */
const FILL_MS = 50
