import type { AppRequest, StartThread, Threads, WarmThreads } from '@wasm-plugin/embed'
import { type Booted, bootThread } from './boot-thread.js'
import { type ThreadCode, threadCode } from './code/thread-code.js'
import { runPlugin } from './run-plugin.js'

interface Ahead {
  readonly heapBytes: number
  booted?: Booted
}

/** The threads of one host: those that wait for a plugin, and how others are started. */
export class NodeThreads implements Threads {
  readonly #warm: WarmThreads
  readonly #waiting = new Set<Booted>()
  /** One that starts while its plugin is compiled: more of them would be in each other's way. */
  #ahead: Ahead | undefined
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

  ahead(heapBytes: number): () => void {
    if (this.#ahead !== undefined || this.#isClosed || this.#waitingFor(heapBytes) !== undefined)
      return () => {}
    const ahead: Ahead = { heapBytes }
    this.#ahead = ahead
    const start = (code: ThreadCode) => {
      if (this.#ahead === ahead)
        ahead.booted = bootFor({ code, heapBytes, isWarm: false, onExit: () => void this.#dropAhead(ahead) })
    }
    // The plugin says what is wrong when it wants one.
    threadCode()
      .then(start)
      .catch(() => {})
    return () => void this.#dropAhead(ahead)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const waiting = [...this.#waiting].map(({ worker }) => worker.terminate())
    await Promise.all([...waiting, this.#dropAhead(this.#ahead)])
  }

  async #dropAhead(ahead: Ahead | undefined): Promise<void> {
    if (ahead === undefined || this.#ahead !== ahead) return
    this.#ahead = undefined
    await ahead.booted?.worker.terminate()
  }

  #waitingFor(heapBytes: number): Booted | undefined {
    return heapBytes === this.#warm.heapBytes ? [...this.#waiting][0] : undefined
  }

  #take(heapBytes: number): Booted | undefined {
    let booted = this.#waitingFor(heapBytes)
    if (booted !== undefined) this.#waiting.delete(booted)
    else if (this.#ahead?.heapBytes === heapBytes) {
      booted = this.#ahead.booted
      this.#ahead = undefined
    }
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
      const booted = bootFor({
        ...{ code, heapBytes, isWarm: true },
        onExit: () => this.#waiting.delete(booted),
      })
      this.#waiting.add(booted)
    }
  }
}

/** Milliseconds from the start of a plugin to that of the thread that waits for the next one. */
const FILL_MS = 50

interface Waiting {
  readonly code: ThreadCode
  readonly heapBytes: number
  readonly isWarm: boolean
  readonly onExit: () => void
}

/** Starts a thread whose plugin is not known yet; the process does not wait for it. */
function bootFor({ code, heapBytes, isWarm, onExit }: Waiting): Booted {
  const booted = bootThread(code, { heapBytes, name: 'wasm-plugin', isWarm })
  booted.worker.unref()
  booted.worker.once('exit', onExit)
  return booted
}
