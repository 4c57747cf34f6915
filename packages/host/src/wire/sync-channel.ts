import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { encodeError } from '../errors/wire-error.js'
import { turn } from '../turn.js'
import type { HostCall, HostChannelEnds, HostReply, HostRequest, Outcome } from './messages.js'
import { type Parcel, type Piece, pack, unpack } from './pieces.js'

/**
 * The blocking channel from a plugin's thread to the host's thread: the plugin's thread posts a request and sleeps
 * on a shared word, which counts the replies, until its own is in its port. The host's side may take as long as it needs,
 * asynchronously; the deadline of the call is kept by ending the thread.
 */
export interface ChannelPair {
  /** For `workerData`; both ports must also be in the transfer list. */
  readonly worker: HostChannelEnds
  readonly host: MessagePort
  /** Of results and requests, in the order in which they are sent. */
  readonly pieces: MessagePort
  readonly signal: Int32Array
}

export function createChannel(): ChannelPair {
  const { port1, port2 } = new MessageChannel()
  const signal = new SharedArrayBuffer(4)
  const { port1: pieces, port2: toPieces } = new MessageChannel()
  return {
    worker: { port: port2, pieces: toPieces, signal },
    host: port1,
    pieces,
    signal: new Int32Array(signal),
  }
}

/** Host side: answers every request with `handle`. Returns a function that stops answering. */
export function serveChannel(
  channel: ChannelPair,
  handle: (request: HostRequest) => Promise<Outcome>,
): () => void {
  const { host, pieces, signal } = channel
  const onMessage = async ({ id, request }: HostCall) => {
    // A plugin that asks without end gets its answers in turns.
    await turn()
    send(host, { id, outcome: await handle(await receive(pieces, request)) })
    Atomics.add(signal, 0, 1)
    Atomics.notify(signal, 0)
  }
  host.on('message', onMessage)
  host.unref()
  return () => {
    host.off('message', onMessage)
    host.close()
    pieces.close()
  }
}

/** Host side: a message that a thread has sent by `sendLarge`; never settles when the channel is closed meanwhile. */
export async function receive<T>(pieces: MessagePort, parcel: Parcel<T>): Promise<T> {
  return await unpack(parcel, () => receiveMessageOnPort(pieces)?.message as Piece | undefined)
}

/** Worker side: sends what is large about `content` ahead, and gives the rest to `post`. */
export function sendLarge<T extends object>(
  { pieces }: HostChannelEnds,
  content: T,
  post: (parcel: Parcel<T>, transfer: ArrayBuffer[]) => void,
): void {
  const { parcel, transfer } = pack(content, (piece, moved) => pieces.postMessage(piece, moved))
  post(parcel, transfer)
}

/** Worker side: posts a request and blocks until its reply is there. */
export function createAsk(ends: HostChannelEnds): (request: HostRequest) => Outcome {
  const signal = new Int32Array(ends.signal)
  let asked = 0
  let taken = 0
  const next = () => {
    // The word is changed before its waiter is woken, so a wake may be late: it is that of the reply before this one.
    while (Atomics.load(signal, 0) === taken) Atomics.wait(signal, 0, taken)
    taken = (taken + 1) | 0
    return (receiveMessageOnPort(ends.port) as { message: HostReply }).message
  }
  return (request) => {
    const id = ++asked
    const post = (parcel: Parcel<HostRequest>, transfer: ArrayBuffer[] = []) =>
      ends.port.postMessage({ id, request: parcel } satisfies HostCall, transfer)
    // What a service is asked with is small, and still in use here.
    if (request.kind === 'function') sendLarge(ends, request, post)
    else post({ content: request, holes: [], pieces: 0 })
    for (;;) {
      const reply = next()
      // One to a request that is waited for no more is nobody's.
      if (reply.id === id) return reply.outcome
    }
  }
}

/** A reply that cannot be cloned becomes a failure, which can be: the waiting thread always wakes up. */
function send(port: MessagePort, reply: HostReply): void {
  try {
    port.postMessage(reply)
  } catch (error) {
    const message = String(encodeError(error).message)
    const outcome: Outcome = { ok: false, error: { kind: 'other', message } }
    port.postMessage({ id: reply.id, outcome } satisfies HostReply)
  }
}
