import { parentPort, workerData } from 'node:worker_threads'
import {
  createInstances,
  encodeError,
  type Outcome,
  ThreadLane,
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
    const { channel, script, ...init } = workerData as WorkerInit
    const ask = createAsk(channel)
    /** Events that were posted. */
    let events = 0
    const instances = createInstances(init, {
      ask(request, call) {
        lane.asked()
        return ask(request, call)
      },
      askDirectly: (func, type, asked) => lane.ask(func, type, asked),
      ports: instancePorts,
      post(event) {
        events++
        post(event)
      },
    })
    const answer = (id: number, run: () => unknown) =>
      sendLarge(channel, outcomeOf(run), (outcome, transfer) =>
        port.postMessage({ type: 'result', id, outcome } satisfies FromWorker, transfer),
      )
    const lane = new ThreadLane(init, {
      typeOf: (func) => instances.typeOf(func),
      serve: (call) => instances.serve(call),
      events: () => events,
      post: answer,
    })
    instances.start()
    port.on('message', (message: ToThread) => {
      if (message.type === 'lane') lane.serve()
      else answer(message.id, () => instances.serve(message))
    })
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
