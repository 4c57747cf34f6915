import { encodeError, startPlugin } from '@wasm-plugin/embed/thread'
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
    const { ready, serve } = startPlugin(init, {
      ask: () => createAsk(replies, post),
      ports: (services) => instancePorts(thread, remoteDirectories(services as BlockingCaller)),
      post,
      answer: (id, outcome, last) =>
        sendLarge(outcome, post, (parcel, transfer) =>
          post({ type: 'result', id, outcome: parcel, ...last() }, transfer),
        ),
    })
    scope.onmessage = ({ data }: MessageEvent<ToWorker>) => serve(data)
    post(ready)
  } catch (error) {
    post({ type: 'failed', error: encodeError(error) })
  }
}

/** What a worker has that a page has not. */
interface DedicatedWorker {
  postMessage(message: unknown, transfer: readonly ArrayBuffer[]): void
  onmessage: ((event: MessageEvent) => void) | null
}
