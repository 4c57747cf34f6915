import { parentPort, workerData } from 'node:worker_threads'
import { encodeError } from '../errors/wire-error.js'
import type { FromWorker, Outcome, ToWorker, WorkerInit } from '../wire/messages.js'
import { createInstances, type Instances } from './instances.js'

/**
 * The entry of a plugin's thread: instantiate once so that a plugin that cannot start says so, then answer calls one
 * after the other. Nothing here may throw past `serve`: an error is an answer.
 */
const port = parentPort as NonNullable<typeof parentPort>
const post = (message: FromWorker) => port.postMessage(message)

let instances: Instances
try {
  instances = await createInstances(workerData as WorkerInit, post)
  instances.start()
  port.on('message', (message: ToWorker) => post({ type: 'result', id: message.id, outcome: serve(message) }))
  post({ type: 'ready' })
} catch (error) {
  post({ type: 'failed', error: encodeError(error) })
}

function serve(message: ToWorker): Outcome {
  try {
    return { ok: true, value: instances.serve(message) }
  } catch (error) {
    return { ok: false, error: encodeError(error) }
  }
}
