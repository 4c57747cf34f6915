import type { ThreadEvents, ThreadPort, ThreadSpec } from '@wasm-plugin/embed'
import { type HostRequest, handedOver, type Outcome } from '@wasm-plugin/embed/thread'
import { cpuMsOfThread } from '../node/processor-time.js'
import { workerSampler } from '../profiler/worker-sampler.js'
import type { Booted } from './boot-thread.js'
import { crashOf } from './crash.js'
import type { FromWorker, ToWorker } from './messages.js'
import { receive, serveChannel } from './sync-channel.js'

export interface PluginEvents extends Omit<ThreadEvents, 'ask'> {
  ask(request: HostRequest, call: number | undefined): Promise<Outcome>
  /** The plugin was instantiated, or cannot be. */
  onStarted(): void
}

/** Gives a plugin to a thread. */
export function runPlugin(
  { worker, channel, threadId, online }: Booted,
  { init, heapBytes }: Pick<ThreadSpec, 'init' | 'heapBytes'>,
  events: PluginEvents,
): ThreadPort {
  const stopServing = serveChannel(channel, {
    handle: (request, call) => events.ask(request, call),
    onAnswered: () => events.onAnswered(),
    maxValues: init.limits.liftedValues,
  })
  let isEnded = false
  let number: number | undefined
  const onMessage = async (message: FromWorker) => {
    if (message.type === 'code') return
    if (message.type === 'thread') {
      number = message.number
      return
    }
    if (message.type !== 'result') events.onMessage(message)
    else if (!isEnded)
      events.onMessage({ ...message, outcome: await receive(channel.pieces, message.outcome) })
    if (message.type === 'ready' || message.type === 'failed') events.onStarted()
  }
  worker.on('message', (message: FromWorker) => void onMessage(message))
  worker.on('error', (error) => events.onCrash(crashOf(error, heapBytes)))
  worker.on('exit', (code) => events.onExit(threadId, `exit code ${code}`))
  const post = (message: ToWorker, transfer: readonly ArrayBuffer[] = []) =>
    worker.postMessage(message, [...transfer])
  post({ type: 'init', init }, handedOver(init))
  return {
    post,
    hold: (isHeld) => void (isHeld ? worker.ref() : worker.unref()),
    terminate() {
      if (isEnded) return
      isEnded = true
      void worker.terminate()
      stopServing()
    },
    sampler: () => workerSampler(worker, threadId, online),
    cpuMs: () => number && cpuMsOfThread(number),
  }
}
