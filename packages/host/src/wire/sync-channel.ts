import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { encodeError } from '../errors/wire-error.js'
import type { HostChannelEnds, HostReply, HostRequest } from './messages.js'

/**
 * The blocking channel from a plugin's thread to the host's thread: the plugin's thread posts a request and sleeps
 * on a shared word until the reply is in its port. The host's side may take as long as it needs, asynchronously;
 * the deadline of the call is kept by ending the thread.
 */
const IDLE = 0
const REPLIED = 1

export interface ChannelPair {
  /** For `workerData`; `port` must also be in the transfer list. */
  readonly worker: HostChannelEnds
  readonly host: MessagePort
  readonly signal: Int32Array
}

export function createChannel(): ChannelPair {
  const { port1, port2 } = new MessageChannel()
  const signal = new SharedArrayBuffer(4)
  return { worker: { port: port2, signal }, host: port1, signal: new Int32Array(signal) }
}

/** Host side: answers every request with `handle`. Returns a function that stops answering. */
export function serveChannel(
  channel: ChannelPair,
  handle: (request: HostRequest) => Promise<HostReply>,
): () => void {
  const { host, signal } = channel
  const onMessage = async (request: HostRequest) => {
    send(host, await handle(request))
    Atomics.store(signal, 0, REPLIED)
    Atomics.notify(signal, 0)
  }
  host.on('message', onMessage)
  host.unref()
  return () => {
    host.off('message', onMessage)
    host.close()
  }
}

/** Worker side: posts `request` and blocks until the reply is there. */
export function callBlocking(ends: HostChannelEnds, request: HostRequest): HostReply {
  const signal = new Int32Array(ends.signal)
  ends.port.postMessage(request)
  // The word is set before its waiter is woken, so a wake may be late: it is that of the reply before this one.
  while (Atomics.load(signal, 0) === IDLE) Atomics.wait(signal, 0, IDLE)
  Atomics.store(signal, 0, IDLE)
  return (receiveMessageOnPort(ends.port) as { message: HostReply }).message
}

/** A reply that cannot be cloned becomes a failure, which can be: the waiting thread always wakes up. */
function send(port: MessagePort, reply: HostReply): void {
  try {
    port.postMessage(reply)
  } catch (error) {
    const { message } = encodeError(error)
    port.postMessage({ ok: false, error: { kind: 'other', message: String(message) } } satisfies HostReply)
  }
}
