import type { Session } from 'node:inspector'
import { isMainThread } from 'node:worker_threads'
import type { Sampler } from '@wasm-plugin/embed'
import { ProfilerSession } from './profiler-session.js'

/** How a worker is called in Node's own words: the number first, so that no name of a plugin passes for another. */
const TITLE = /^\[worker (\d+)\]/
/** Milliseconds in which Node names the workers that there are. */
const NAMED_MS = 1_000

/** Looks at a thread through the inspector of the main thread, which reaches the workers of the process. */
export class InspectedWorker implements Sampler {
  readonly #threadId: number
  readonly #session = new ProfilerSession()
  /** Of the worker's own part of the session. */
  #worker: string | undefined
  readonly #pending = new Map<number, (answer: Answer) => void>()
  #sent = 0

  constructor(threadId: number) {
    this.#threadId = threadId
  }

  async begin(): Promise<void> {
    if (this.#worker === undefined) await this.#attach()
    await this.#send('Profiler.start')
  }

  async end(): Promise<unknown> {
    return ((await this.#send('Profiler.stop')) as { profile: unknown }).profile
  }

  close(): void {
    this.#session.close()
  }

  async #attach(): Promise<void> {
    const session = this.#session.open((session: Session) =>
      isMainThread ? session.connect() : session.connectToMainThread(),
    )
    session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
      if (params.sessionId === this.#worker) this.#receive(JSON.parse(params.message) as Answer)
    })
    const attached = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('Node does not name its thread')), NAMED_MS)
      session.on('NodeWorker.attachedToWorker', ({ params: { sessionId, workerInfo } }) => {
        if (Number(TITLE.exec(workerInfo.title)?.[1]) !== this.#threadId) return
        clearTimeout(timer)
        this.#worker = sessionId
        resolve()
      })
    })
    attached.catch(() => {})
    await this.#session.post('NodeWorker.enable', { waitForDebuggerOnStart: false })
    await attached
    await this.#send('Profiler.enable')
  }

  #send(method: string): Promise<unknown> {
    const id = ++this.#sent
    return new Promise((resolve, reject) => {
      this.#pending.set(id, ({ result, error }) =>
        error === undefined ? resolve(result) : reject(new Error(error.message)),
      )
      const message = JSON.stringify({ id, method })
      this.#session.post('NodeWorker.sendMessageToWorker', { sessionId: this.#worker, message }).catch(reject)
    })
  }

  #receive(answer: Answer): void {
    this.#pending.get(answer.id)?.(answer)
    this.#pending.delete(answer.id)
  }
}

interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: { readonly message: string }
}
