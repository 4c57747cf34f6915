import type { Readable } from 'node:stream'
import { type Dispatcher, request } from 'undici'
import { transportErrors as errors } from '../errors/index.js'
import type { Timeouts } from './options.js'
import { paced } from './paced.js'

/** One request, which may be sent more than once. */
export interface Ask {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH'
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: (() => Uint8Array | AsyncIterable<Uint8Array>) | undefined
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The address that answered, after redirects. */
  readonly url: URL
  /** The bytes as they come. @throws {REGISTRY_UNREACHABLE} when they stop, or come too slowly. */
  pieces(): AsyncIterable<Uint8Array>
  /** Frees the connection of an answer that nobody reads. */
  drop(): Promise<void>
}

/** Sends requests and reads answers: nothing is repeated, followed or authorised here. */
export class Wire {
  readonly #registry: string
  readonly #dispatcher: (url: URL) => Dispatcher
  readonly #timeouts: Timeouts
  readonly #signal: AbortSignal | undefined

  constructor(
    registry: string,
    dispatcher: (url: URL) => Dispatcher,
    timeouts: Timeouts,
    signal: AbortSignal | undefined,
  ) {
    this.#registry = registry
    this.#dispatcher = dispatcher
    this.#timeouts = timeouts
    this.#signal = signal
  }

  /** @throws {REGISTRY_UNREACHABLE} */
  async once({ method, url, headers, body }: Ask): Promise<Answer> {
    const { answerMs, idleMs } = this.#timeouts
    const sent = sourceOf(body)
    const { data, lost } = await this.#caught(() =>
      request(url, {
        method,
        headers: { 'user-agent': 'wasm-plugin', 'accept-encoding': 'identity', ...headers },
        body: sent.body,
        dispatcher: this.#dispatcher(url),
        headersTimeout: method === 'GET' || method === 'HEAD' ? answerMs : answerMs * WRITES,
        bodyTimeout: idleMs,
        highWaterMark: READ_AHEAD,
        signal: this.#signal ?? null,
      }),
    )
    if (data === undefined) throw sent.failure?.reason ?? lost
    // An answer that is dropped or aborted may fail later, with nobody there to be told.
    data.body.on('error', () => undefined)
    return {
      status: data.statusCode,
      headers: data.headers,
      url,
      pieces: () => this.#pieces(data.body),
      drop: async () => void data.body.destroy(),
    }
  }

  /** All bytes of an answer. @throws {CONTENT_TOO_LARGE} */
  async bytes(answer: Answer, what: string, max: number): Promise<Buffer> {
    const pieces: Uint8Array[] = []
    let size = 0
    for await (const piece of answer.pieces()) {
      size += piece.length
      if (size > max) throw errors.CONTENT_TOO_LARGE({ registry: this.#registry, what, max })
      pieces.push(piece)
    }
    return Buffer.concat(pieces)
  }

  /** A JSON object. @throws {REGISTRY_ANSWER_INVALID} */
  async document(answer: Answer, what: string): Promise<Record<string, unknown>> {
    const fail = (reason: string) =>
      errors.REGISTRY_ANSWER_INVALID({ registry: this.#registry, what, reason })
    if (answer.status !== 200) {
      await answer.drop()
      throw fail(`the status is ${answer.status}`)
    }
    const bytes = await this.bytes(answer, what, MAX_DOCUMENT_BYTES)
    try {
      const value: unknown = JSON.parse(bytes.toString())
      if (typeof value === 'object' && value !== null && !Array.isArray(value))
        return value as Record<string, unknown>
    } catch {
      // Said below.
    }
    throw fail('it is not a JSON object')
  }

  async *#pieces(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const iterator = paced(body, this.#timeouts.idleMs)
    try {
      for (;;) {
        const { data, lost } = await this.#caught(() => iterator.next())
        if (data === undefined) throw lost
        if (data.done) return
        yield data.value
      }
    } finally {
      await iterator.return(undefined).catch(() => undefined)
    }
  }

  /** What came, or why nothing did. An abort is thrown as it is. */
  async #caught<T>(
    run: () => Promise<T>,
  ): Promise<{ data: T; lost?: never } | { data?: never; lost: Error }> {
    try {
      return { data: await run() }
    } catch (error) {
      this.#signal?.throwIfAborted()
      const { code } = error as NodeJS.ErrnoException
      const reason = WORDS.get(code ?? '') ?? code ?? 'the connection failed'
      return { lost: errors.REGISTRY_UNREACHABLE({ registry: this.#registry, reason }, error) }
    }
  }
}

/** The bytes of a request, and why they could not be read, which is no fault of the connection. */
function sourceOf(body: Ask['body']) {
  const made = body?.() ?? null
  const source: { body: Uint8Array | Readable | null; failure?: { reason: unknown } } = { body: null }
  // An iterable is as good a body as a stream: undici takes either, its types do not say so.
  source.body = made === null || made instanceof Uint8Array ? made : (read(made) as unknown as Readable)
  return source

  async function* read(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* pieces
    } catch (reason) {
      source.failure = { reason }
      throw reason
    }
  }
}

const WORDS = new Map([
  ['ECONNREFUSED', 'the connection was refused'],
  ['ECONNRESET', 'the connection was reset'],
  ['EPIPE', 'the connection was closed'],
  ['ENOTFOUND', 'there is no host of that name'],
  ['EAI_AGAIN', 'the name could not be looked up'],
  ['UND_ERR_SOCKET', 'the connection was closed'],
  ['UND_ERR_CONNECT_TIMEOUT', 'there was no connection in time'],
  ['UND_ERR_HEADERS_TIMEOUT', 'there was no answer in time'],
  ['UND_ERR_BODY_TIMEOUT', 'the answer stopped'],
  ['TOO_SLOW', 'the answer came too slowly'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'its certificate is not signed by an authority that is trusted'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate is not signed by an authority that is trusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its certificate is not signed by an authority that is trusted'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another name'],
])

/** Times as long: storing a large blob takes a registry its time. */
const WRITES = 5
/** Bytes of an answer that wait to be read, before its sender has to: each time it has costs both a switch. */
const READ_AHEAD = 1 << 20
const MAX_DOCUMENT_BYTES = 4 << 20
