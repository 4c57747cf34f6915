import { transportErrors as errors } from '../errors/index.js'
import type { Descriptor } from '../repository/index.js'
import type { Client } from './client.js'
import { isPassing, pause, pauseOf } from './retry.js'
import type { Answer } from './wire.js'

type Blob = Pick<Descriptor, 'digest' | 'size'>

/**
 * The bytes of a blob from `from` on, in their order: by one request, or the pieces of a large one by several at a time. A
 * request that breaks off goes on where it was. Nothing is compared here: the digest of all of it decides.
 *
 * @throws {CONTENT_MISSING}
 */
export async function* download(
  client: Client,
  blob: Blob,
  from: number,
  outer: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  if (from >= blob.size && blob.size > 0) return
  const stop = new AbortController()
  const signal = outer === undefined ? stop.signal : AbortSignal.any([outer, stop.signal])
  const reader = new BlobReader(client, blob, signal)
  try {
    if (blob.size - from <= PIECE) {
      yield* reader.range(from, blob.size)
      return
    }
    const end = from + PIECE
    const first = await reader.ask(from, end)
    if (first.status === 200) yield* reader.range(from, blob.size, first)
    else {
      const others = inTurn(reader, end, blob.size)
      yield* reader.range(from, end, first)
      yield* others
    }
  } finally {
    stop.abort(STOPPED)
  }
}

/** The pieces of a range, some of which are on their way before the first is wanted and while each is given. */
function inTurn(reader: BlobReader, from: number, to: number): AsyncGenerator<Uint8Array> {
  const pending: Promise<Uint8Array>[] = []
  let at = from
  const ask = () => {
    for (; at < to && pending.length < AT_A_TIME; at += PIECE) {
      const piece = whole(reader, at, Math.min(at + PIECE, to))
      piece.catch(() => undefined) // The first that fails ends the others.
      pending.push(piece)
    }
  }
  ask()
  return (async function* () {
    while (pending.length > 0) {
      const piece = await pending.shift()!
      ask()
      yield piece
    }
  })()
}

/** One buffer, and not the many that a socket fills: those that are held are moved about by every garbage collection. */
async function whole(reader: BlobReader, from: number, to: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(to - from)
  let at = 0
  for await (const piece of reader.range(from, to)) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

class BlobReader {
  readonly #client: Client
  readonly #blob: Blob
  readonly #signal: AbortSignal
  /** Of all its requests: a registry that ends each of them after a byte is given up. */
  #breaks = 0

  constructor(client: Client, blob: Blob, signal: AbortSignal) {
    this.#client = client
    this.#blob = blob
    this.#signal = signal
  }

  async ask(from: number, to: number): Promise<Answer> {
    const isAll = from === 0 && to === this.#blob.size
    const answer = await this.#client.send({
      method: 'GET',
      to: `blobs/${this.#blob.digest}`,
      headers: isAll ? {} : { range: `bytes=${from}-${to - 1}` },
      action: 'reading a blob',
      ok: [200, 206, 404],
      signal: this.#signal,
    })
    if (answer.status === 404) {
      await answer.drop()
      const { registry, path } = this.#client
      throw errors.CONTENT_MISSING({ registry, path, what: this.#blob.digest })
    }
    if (answer.status === 206 && !isRangeFrom(answer, from)) {
      await answer.drop()
      throw this.#invalid('it is another part of the blob than was asked for')
    }
    return answer
  }

  /** The bytes of a range, by as many requests as it takes. */
  async *range(from: number, to: number, first?: Answer): AsyncGenerator<Uint8Array> {
    let answer = first
    for (let at = from; ; ) {
      try {
        answer ??= await this.ask(at, to)
        for await (const piece of rest(answer, at)) {
          at += piece.length
          if (at > to) throw this.#tooLong()
          yield piece
        }
        if (at === to) return
        await this.#breakOff(undefined)
      } catch (error) {
        if (!isPassing(error)) throw error
        await this.#breakOff(error)
      }
      answer = undefined
    }
  }

  async #breakOff(error: unknown): Promise<void> {
    this.#breaks++
    const { registry, retry } = this.#client
    const ms = this.#breaks > MAX_BREAKS ? undefined : pauseOf(Math.min(this.#breaks, 4), retry)
    if (ms !== undefined) return await pause(ms, this.#signal)
    const { digest, size } = this.#blob
    throw error ?? errors.CONTENT_SIZE_MISMATCH({ registry, digest, size, more: false })
  }

  #tooLong(): Error {
    const { digest, size } = this.#blob
    return errors.CONTENT_SIZE_MISMATCH({ registry: this.#client.registry, digest, size, more: true })
  }

  #invalid(reason: string): Error {
    return errors.REGISTRY_ANSWER_INVALID({ registry: this.#client.registry, what: 'a blob', reason })
  }
}

/** What comes after the first `at` bytes of a blob, of an answer that has them or one that has it all. */
async function* rest(answer: Answer, at: number): AsyncGenerator<Uint8Array> {
  let skipped = answer.status === 200 ? at : 0
  for await (const piece of answer.pieces()) {
    const part = piece.subarray(Math.min(skipped, piece.length))
    skipped -= piece.length - part.length
    if (part.length > 0) yield part
  }
}

function isRangeFrom({ headers }: Answer, from: number): boolean {
  const range = headers['content-range']
  return typeof range === 'string' && range.startsWith(`bytes ${from}-`)
}

/** Bytes of one request, and how many are under way; each is held in memory until its turn. */
const PIECE = 8 << 20
const AT_A_TIME = 3
const MAX_BREAKS = 8
const STOPPED = new Error('nobody reads on')
