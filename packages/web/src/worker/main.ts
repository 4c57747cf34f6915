import { createInstances, encodeError, lastPieces, type Outcome, ThreadLane } from '@wasm-plugin/embed/thread'
import type { BlockingCaller } from '@wasm-plugin/wasi'
import { remoteDirectories } from '../files/remote-directories.js'
import { instancePorts } from '../instance-ports.js'
import { createAsk, type Post, sendLarge } from '../threads/ask.js'
import type { SuspendingStart, ThreadStart, ToWorker } from '../threads/messages.js'
import { startSuspending } from './suspending.js'

/**
 * The entry of a plugin's thread: instantiate once so that a plugin that cannot start says so, then answer calls one
 * after the other. Nothing here may throw past `serve`: an error is an answer.
 */
const scope = globalThis as unknown as DedicatedWorker
const post: Post = (message, transfer = []) => scope.postMessage(message, transfer)

scope.onmessage = ({ data }: MessageEvent<ThreadStart | SuspendingStart>) => {
  // Held until the thread is no more: that is how the page hears of it.
  void navigator.locks.request(data.lock, () => {
    if ('replies' in data) start(data)
    else startSuspending(data, { post, listen: (hear) => (scope.onmessage = (event) => hear(event.data)) })
    return new Promise(() => {})
  })
}

function start({ init, thread, replies }: ThreadStart): void {
  try {
    const ask = createAsk(replies, post)
    /** Events that were posted. */
    let events = 0
    const instances = createInstances(init, {
      ask(request, call) {
        lane.asked()
        return ask(request, call)
      },
      askDirectly: (func, type, asked) => lane.ask(func, type, asked),
      show: (value) => lane.show(value),
      ports: (services) => instancePorts(thread, remoteDirectories(services as BlockingCaller)),
      post(event) {
        events++
        post(event)
      },
    })
    const answer = (id: number, run: () => unknown) =>
      sendLarge(outcomeOf(run), post, (outcome, transfer) =>
        post({ type: 'result', id, outcome, ...lastPieces(instances.pieces()) }, transfer),
      )
    const lane = new ThreadLane(init, {
      typeOf: (func) => instances.typeOf(func),
      serve: (call) => instances.called(call),
      copied: (call) => instances.copied(call),
      rest: () => instances.rest(),
      events: () => events,
      post: answer,
    })
    instances.start()
    scope.onmessage = ({ data }: MessageEvent<ToWorker>) => {
      if (data.type === 'lane') lane.serve()
      else answer(data.id, () => instances.serve(data))
    }
    post({ type: 'ready' })
  } catch (error) {
    post({ type: 'failed', error: encodeError(error) })
  }
}

function outcomeOf(run: () => unknown): Outcome {
  try {
    return { ok: true, value: run() }
  } catch (error) {
    return { ok: false, error: encodeError(error) }
  }
}

/** What a worker has that a page has not. */
interface DedicatedWorker {
  postMessage(message: unknown, transfer: readonly ArrayBuffer[]): void
  onmessage: ((event: MessageEvent) => void) | null
}
