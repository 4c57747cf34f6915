import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import {
  atOnce,
  encodeError,
  type HostRequest,
  inTurns,
  type Outcome,
  type Packing,
  type Parcel,
  Patience,
  type Piece,
  pack,
  turn,
  unpack,
  type WireError,
} from '@wasm-plugin/embed/thread'
import type { HostCall, HostChannelEnds, HostPiece, HostReply } from './messages.js'

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

export interface Answering {
  /** `call` is the one in which the plugin asks. */
  handle(request: HostRequest, call: number | undefined): Promise<Outcome>
  /** The thread has been woken with an answer. */
  onAnswered(): void
  /** Values that the thread has room for. */
  readonly maxValues: number
}

/** Host side: answers every request with `handle`. Returns a function that stops answering. */
export function serveChannel(channel: ChannelPair, answering: Answering): () => void {
  const { host, pieces, signal } = channel
  const onMessage = async ({ id, call, request }: HostCall) => {
    // A plugin that asks without end gets its answers in turns.
    await turn()
    const outcome = await answering.handle(await receive(pieces, request), call)
    // What a function answered was copied when it did; what a service answered may be its own still.
    const transfers = request.content.kind === 'function'
    await reply(channel, { id, outcome }, { transfers, max: answering.maxValues })
    Atomics.add(signal, 0, 1)
    Atomics.notify(signal, 0)
    answering.onAnswered()
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
export async function receive<T extends object>(pieces: MessagePort, parcel: Parcel<T>): Promise<T> {
  return (await inTurns(unpack(parcel, () => takeFrom<Piece>(pieces)))) ?? (await new Promise(() => {}))
}

/** Worker side: sends what is large about `content` ahead, and gives the rest to `post`. */
export function sendLarge<T extends object>(
  { pieces }: HostChannelEnds,
  content: T,
  post: (parcel: Parcel<T>, transfer: ArrayBuffer[]) => void,
): void {
  const packing = {
    post: (piece: Piece, moved: ArrayBuffer[]) => pieces.postMessage(piece, moved),
    transfers: true,
    max: Number.POSITIVE_INFINITY,
  }
  const { parcel, transfer } = atOnce(pack(content, packing))
  post(parcel, transfer)
}

/**
 * Worker side: posts a request of the call that runs, and blocks until its reply is there.
 *
 * @param isAlone see `Patience`
 */
export function createAsk(
  ends: HostChannelEnds,
  isAlone: () => boolean,
): (request: HostRequest, call: number | undefined) => Outcome {
  const signal = new Int32Array(ends.signal)
  let asked = 0
  let taken = 0
  const patience = new Patience(isAlone)
  const next = (isFunction: boolean) => {
    const isThere = () => Atomics.load(signal, 0) !== taken
    // Functions of the application answer at once or take long, services wait for a disk or the network.
    if (!isFunction || !patience.until(isThere)) {
      // The word is changed before its waiter is woken, so a wake may be late: it is that of the reply before this one.
      while (!isThere()) Atomics.wait(signal, 0, taken)
      if (isFunction) patience.woken()
    }
    taken = (taken + 1) | 0
    return (receiveMessageOnPort(ends.port) as { message: HostReply }).message
  }
  /** Those of other replies, which nobody waits for or which failed half-way, are passed over. */
  const take = (id: number): Piece | undefined => {
    for (;;) {
      const received = takeFrom<HostPiece>(ends.pieces)
      if (received === undefined || received.id === id) return received?.piece
    }
  }
  return (request, call) => {
    const id = ++asked
    const post = (parcel: Parcel<HostRequest>, transfer: ArrayBuffer[] = []) =>
      ends.port.postMessage({ id, call, request: parcel } satisfies HostCall, transfer)
    // What a service is asked with is small, and still in use here.
    if (request.kind === 'function') sendLarge(ends, request, post)
    else post({ content: request, holes: [], pieces: 0 })
    for (;;) {
      const reply = next(request.kind === 'function')
      // One to a request that is waited for no more is nobody's.
      if (reply.id === id) return atOnce(unpack(reply.outcome, () => take(id))) as Outcome
    }
  }
}

function takeFrom<T>(port: MessagePort): T | undefined {
  return receiveMessageOnPort(port)?.message as T | undefined
}

/** A reply that there is no room for, or that cannot be cloned, becomes a failure: the waiting thread always wakes up. */
async function reply(
  { host, pieces }: ChannelPair,
  { id, outcome }: { id: number; outcome: Outcome },
  limits: Omit<Packing, 'post'>,
): Promise<void> {
  const send = async (outcome: Outcome) => {
    const post = (piece: Piece, moved: ArrayBuffer[]) =>
      pieces.postMessage({ id, piece } satisfies HostPiece, moved)
    const { parcel, transfer } = await inTurns(pack(outcome, { post, ...limits }))
    host.postMessage({ id, outcome: parcel } satisfies HostReply, transfer)
  }
  try {
    await send(outcome)
  } catch (error) {
    const failure = { ok: false, error: cloneable(encodeError(error)) } as const
    host.postMessage({ id, outcome: { content: failure, holes: [], pieces: 0 } } satisfies HostReply)
  }
}

function cloneable(error: WireError): WireError {
  return error.kind === 'plugin' && error.code === 'VALUE_TOO_LARGE'
    ? error
    : { kind: 'other', message: String(error.message) }
}
