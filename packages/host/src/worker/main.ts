import { parentPort, workerData } from 'node:worker_threads'
import {
  createInstances,
  encodeError,
  type Instances,
  type Outcome,
  type ToThread,
} from '@wasm-plugin/embed/thread'
import { instancePorts } from '../instance-ports.js'
import type { FromWorker, WorkerInit } from '../threads/messages.js'
import { createAsk, sendLarge } from '../threads/sync-channel.js'

/**
 * The entry of a plugin's thread: instantiate once so that a plugin that cannot start says so, then answer calls one
 * after the other. Nothing here may throw past `serve`: an error is an answer. There is no `await` at the top of this
 * file, since V8 ends the whole process when a thread is ended while it evaluates such a module.
 */
const port = parentPort as NonNullable<typeof parentPort>
const post = (message: FromWorker) => port.postMessage(message)

void start()

async function start(): Promise<void> {
  try {
    const { channel, ...init } = workerData as WorkerInit
    const instances = createInstances(init, { ask: createAsk(channel), ports: instancePorts, post })
    instances.start()
    port.on('message', (message: ToThread) =>
      sendLarge(channel, serve(instances, message), (outcome, transfer) =>
        port.postMessage({ type: 'result', id: message.id, outcome } satisfies FromWorker, transfer),
      ),
    )
    post({ type: 'ready' })
  } catch (error) {
    post({ type: 'failed', error: encodeError(error) })
  }
}

function serve(instances: Instances, message: ToThread): Outcome {
  try {
    return { ok: true, value: instances.serve(message) }
  } catch (error) {
    return { ok: false, error: encodeError(error) }
  }
}
