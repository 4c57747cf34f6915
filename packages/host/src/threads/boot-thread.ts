import { Worker } from 'node:worker_threads'
import { BOOT } from './code/boot.js'
import type { ThreadCode } from './code/thread-code.js'
import type { FromWorker, WorkerData } from './messages.js'
import { type ChannelPair, createChannel } from './sync-channel.js'

/** A thread that has not been given a plugin. */
export interface Booted {
  readonly worker: Worker
  readonly channel: ChannelPair
  /** As its exit will tell, when the worker has none any more. */
  readonly threadId: number
  /** Settles when its code has begun to run. */
  readonly online: Promise<unknown>
}

export interface BootOptions {
  readonly heapBytes: number
  readonly name: string
  readonly isWarm?: boolean
}

/** With the file that runs a plugin, the only one of the host's side that knows `Worker`. */
export function bootThread(code: ThreadCode, { heapBytes, name, isWarm = false }: BootOptions): Booted {
  const channel = createChannel()
  const worker = new Worker(BOOT, {
    eval: true,
    name,
    workerData: { channel: channel.worker, script: code.script(), isWarm } satisfies WorkerData,
    transferList: [channel.worker.port, channel.worker.pieces],
    // Nothing of the process is visible in the thread, and what is printed there by mistake stays there.
    env: {},
    argv: [],
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: heapBytes / 2 ** 20, stackSizeMb: 4 },
  })
  worker.on('message', (message: FromWorker) => {
    if (message.type === 'code') code.keep(message.code)
  })
  // Of one that waits, nobody has to know: another takes its place.
  worker.on('error', () => {})
  const online = new Promise((resolve) => worker.once('online', resolve))
  return { worker, channel, threadId: worker.threadId, online }
}
