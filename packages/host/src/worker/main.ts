import { parentPort, workerData } from 'node:worker_threads'
import {
  createInstances,
  encodeError,
  lastPieces,
  type Outcome,
  type ThreadInit,
  ThreadLane,
} from '@wasm-plugin/embed/thread'
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
    const ask = createAsk(channel, () => lane.isAlone)
    /** Events that were posted. */
    let events = 0
    const instances = createInstances(init, {
      ask(request, call) {
        lane.asked()
        return ask(request, call)
      },
      askDirectly: (func, type, asked) => lane.ask(func, type, asked),
      show: (value) => lane.show(value),
      ports: instancePorts,
      post(event) {
        events++
        post(event)
      },
    })
    const answer = (id: number, run: () => unknown) =>
      sendLarge(channel, outcomeOf(run), (outcome, transfer) =>
        port.postMessage(
          { type: 'result', id, outcome, ...lastPieces(instances.pieces()) } satisfies FromWorker,
          transfer,
        ),
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
    post({ type: 'ready' })
    return (message) => {
      if (message.type === 'lane') lane.serve()
      else if (message.type !== 'init') answer(message.id, () => instances.serve(message))
    }
  } catch (error) {
    post({ type: 'failed', error: encodeError(error) })
    return () => {}
  }
}

function outcomeOf(run: () => unknown): Outcome {
  try {
    return { ok: true, value: run() }
  } catch (error) {
    return { ok: false, error: encodeError(error) }
  }
}
