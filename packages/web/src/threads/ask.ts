import { atOnce, type HostRequest, type Outcome, type Parcel, pack } from '@wasm-plugin/embed/wire'
import type { FromWorker, RepliesMemory } from './messages.js'
import { decodePlain } from './plain-codec.js'
import { word } from './replies.js'

export type Post = (message: FromWorker, transfer?: readonly ArrayBuffer[]) => void

/** The thread's side: posts a request of the call that runs, and blocks until its reply is there. */
export function createAsk(
  memory: RepliesMemory,
  post: Post,
): (request: HostRequest, call: number | undefined) => Outcome {
  const words = new Int32Array(memory.words)
  const area = new Uint8Array(memory.area)
  let asked = 0
  let heard = 0
  /** Waits until something is said about the request: the answer is how many bytes it has. */
  const next = (id: number): number => {
    do {
      while (Atomics.load(words, word.said) === heard) Atomics.wait(words, word.said, heard)
      heard = Atomics.load(words, word.said)
      // What is said of one that is waited for no more is nobody's.
    } while (words[word.id] !== id)
    return words[word.length] as number
  }
  return (request, call) => {
    const id = ++asked
    const send = (parcel: Parcel<HostRequest>, transfer?: readonly ArrayBuffer[]) =>
      post({ type: 'ask', id, call, request: parcel }, transfer)
    // What a service is asked with is small, and still in use here.
    if (request.kind === 'function') sendLarge(request, post, send)
    else send({ content: request, holes: [], pieces: 0 })
    const length = next(id)
    if (length <= area.length) return decodePlain(area.slice(0, length)) as Outcome
    const room = new SharedArrayBuffer(length)
    post({ type: 'room', id, room })
    next(id)
    return decodePlain(new Uint8Array(room).slice()) as Outcome
  }
}

/** Sends what is large about `content` ahead, and gives the rest to `send`. */
export function sendLarge<T extends object>(
  content: T,
  post: Post,
  send: (parcel: Parcel<T>, transfer: readonly ArrayBuffer[]) => void,
): void {
  const packing = {
    post: (piece: Parameters<Parameters<typeof pack>[1]['post']>[0], moved: readonly ArrayBuffer[]) =>
      post({ type: 'piece', piece }, moved),
    transfers: true,
    max: Number.POSITIVE_INFINITY,
  }
  const { parcel, transfer } = atOnce(pack(content, packing))
  send(parcel, transfer)
}
