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
    sendRequest({ id, call, request }, post)
    const length = next(id)
    if (length <= area.length) return decodePlain(area.slice(0, length)) as Outcome
    const room = new SharedArrayBuffer(length)
    post({ type: 'room', id, room })
    next(id)
    return decodePlain(new Uint8Array(room).slice()) as Outcome
  }
}

/** The side of a thread that shares no memory with the page: a request comes to the reply that it hears. */
export class Asking {
  readonly #post: Post
  #asked = 0
  readonly #waiting = new Map<number, (outcome: Outcome) => void>()

  constructor(post: Post) {
    this.#post = post
  }

  ask(request: HostRequest, call: number | undefined): Promise<Outcome> {
    const id = ++this.#asked
    sendRequest({ id, call, request }, this.#post)
    return new Promise((resolve) => this.#waiting.set(id, resolve))
  }

  reply(id: number, bytes: Uint8Array<ArrayBuffer>): void {
    this.#waiting.get(id)?.(decodePlain(bytes) as Outcome)
    this.#waiting.delete(id)
  }
}

interface Request {
  readonly id: number
  readonly call: number | undefined
  readonly request: HostRequest
}

function sendRequest({ id, call, request }: Request, post: Post): void {
  const send = (parcel: Parcel<HostRequest>, transfer?: readonly ArrayBuffer[]) =>
    post({ type: 'ask', id, call, request: parcel }, transfer)
  // What a service is asked with is small, and still in use here.
  if (request.kind === 'function') sendLarge(request, post, send)
  else send({ content: request, holes: [], pieces: 0 })
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
