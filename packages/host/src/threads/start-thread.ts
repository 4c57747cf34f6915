import { Worker } from 'node:worker_threads'
import type { StartThread, ThreadEvents, ThreadPort, ThreadSpec } from '@wasm-plugin/embed'
import { BOOT, type ThreadCode, threadCode } from './code/thread-code.js'
import { crashOf } from './crash.js'
import type { FromWorker, WorkerInit } from './messages.js'
import { createChannel, receive, serveChannel } from './sync-channel.js'

/** The only file of the host's side that knows `Worker`. */
export async function loadThreads(): Promise<StartThread> {
  const code = await threadCode()
  return (spec, events) => startThread(code, spec, events)
}

function startThread(code: ThreadCode, { init, heapBytes }: ThreadSpec, events: ThreadEvents): ThreadPort {
  const channel = createChannel()
  const stopServing = serveChannel(channel, {
    handle: (request, call) => events.ask(request, call),
    onAnswered: () => events.onAnswered(),
    maxValues: init.limits.liftedValues,
  })
  const worker = new Worker(BOOT, {
    eval: true,
    name: init.plugin,
    workerData: { ...init, channel: channel.worker, script: code.script() } satisfies WorkerInit,
    transferList: [channel.worker.port, channel.worker.pieces],
    // Nothing of the process is visible in the thread, and what is printed there by mistake stays there.
    env: {},
    argv: [],
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: heapBytes / 2 ** 20, stackSizeMb: 4 },
  })
  let isEnded = false
  const onMessage = async (message: FromWorker) => {
    if (message.type === 'code') code.keep(message.code)
    else if (message.type !== 'result') events.onMessage(message)
    else if (!isEnded)
      events.onMessage({ ...message, outcome: await receive(channel.pieces, message.outcome) })
  }
  worker.on('message', (message: FromWorker) => void onMessage(message))
  worker.on('error', (error) => events.onCrash(crashOf(error, heapBytes)))
  const { threadId } = worker
  worker.on('exit', (code) => events.onExit(threadId, `exit code ${code}`))
  return {
    post: (message, transfer = []) => worker.postMessage(message, [...transfer]),
    hold: (isHeld) => void (isHeld ? worker.ref() : worker.unref()),
    terminate() {
      isEnded = true
      stopServing()
      void worker.terminate()
    },
  }
}
