import { parentPort, workerData } from 'node:worker_threads'
import { encodeError, startPlugin, type ThreadInit } from '@wasm-plugin/embed/thread'
import { instancePorts } from '../instance-ports.js'
import type { FromWorker, ToWorker, WorkerData } from '../threads/messages.js'
import { createAsk, sendLarge } from '../threads/sync-channel.js'
import { systemThread } from './system-thread.js'
import { warmUp } from './warm-up.js'

/**
 * The entry of a plugin's thread: instantiate once so that a plugin that cannot start says so, then answer calls one
 * after the other. Nothing here may throw past `serve`: an error is an answer. There is no `await` at the top of this
 * file, since V8 ends the whole process when a thread is ended while it evaluates such a module.
 */
const port = parentPort as NonNullable<typeof parentPort>
const post = (message: FromWorker) => port.postMessage(message)

const { channel, isWarm } = workerData as WorkerData

let serve = (message: ToWorker): void => {
  if (message.type === 'init') serve = start(message.init)
}
port.on('message', (message: ToWorker) => serve(message))
// What goes wrong with that goes wrong with a plugin too, which tells of it.
if (isWarm) warmUp().catch(() => {})

/** What answers the messages that follow. */
function start(init: ThreadInit): typeof serve {
  try {
    const number = systemThread()
    if (number !== undefined) post({ type: 'thread', number })
    const { ready, serve: answer } = startPlugin(init, {
      ask: (isAlone) => createAsk(channel, isAlone),
      ports: instancePorts,
      post,
      answer: (id, outcome, last) =>
        sendLarge(channel, outcome, (parcel, transfer) =>
          port.postMessage({ type: 'result', id, outcome: parcel, ...last() } satisfies FromWorker, transfer),
        ),
    })
    post(ready)
    return (message) => {
      if (message.type !== 'init') answer(message)
    }
  } catch (error) {
    post({ type: 'failed', error: encodeError(error) })
    return () => {}
  }
}
