import { ComponentError } from '@wasm-plugin/runtime'
import { DISPOSE } from '@wasm-plugin/runtime/internal'
import type { HeldBytes } from '../../grants/held-bytes.js'
import type { FieldList, HttpErrorCode } from '../../protocol/http.js'
import { type ByteSource, InputStream } from '../io/input-stream.js'
import { type ByteSink, OutputStream } from '../io/output-stream.js'
import { always } from '../io/readiness.js'
import { asStream, remoteSource } from '../io/remote-source.js'
import type { Waiter } from '../io/waiter.js'
import { type Fields, type FieldsClass, receivedFields } from './fields.js'
import { Future } from './future.js'
import type { HttpLink, HttpObjects } from './link.js'

/** Bytes of a body that are kept while its request is not sent yet. */
const EARLY_BYTES = 64 << 10

/** The body of a request on its way out: kept until the request is sent, then passed on piece by piece. */
export class RequestBody {
  readonly #expected: bigint | null
  readonly #early: Uint8Array[] = []
  #earlyBytes = 0
  #written = 0n
  #sent: { readonly link: HttpLink; readonly id: number } | undefined
  #finished: FieldList | undefined
  #refused = false
  readonly #held: HeldBytes

  constructor(headers: Fields, held: HeldBytes) {
    this.#held = held
    const length = headers.get('content-length')[0]
    this.#expected = length === undefined ? null : BigInt(new TextDecoder().decode(length))
  }

  permit(): number {
    return this.#sent === undefined && !this.#refused ? EARLY_BYTES - this.#earlyBytes : EARLY_BYTES
  }

  write(bytes: Uint8Array): void {
    this.#written += BigInt(bytes.length)
    if (this.#expected !== null && this.#written > this.#expected) throw this.#wrongSize()
    if (this.#refused) return
    if (this.#sent !== undefined) this.#pass(bytes)
    else if (bytes.length > this.permit() || !this.#held.take(bytes.length))
      throw httpFailure({ tag: 'HTTP-request-body-size', val: this.#written })
    else {
      this.#early.push(bytes.slice())
      this.#earlyBytes += bytes.length
    }
  }

  /** The request is under way: passes on what was kept. */
  attach(link: HttpLink, id: number): void {
    this.#sent = { link, id }
    const early = this.#early.splice(0)
    this.discard()
    for (const bytes of early) this.#pass(bytes)
    if (this.#finished !== undefined) this.#end(this.#finished)
  }

  /** The request was not let out: its body is taken and goes nowhere. */
  refuse(): void {
    this.#refused = true
    this.discard()
  }

  /** Lets go of what was kept: it is passed on, or its request is no more. */
  discard(): void {
    this.#early.length = 0
    this.#held.give(this.#earlyBytes)
    this.#earlyBytes = 0
  }

  finish(trailers: FieldList): void {
    if (this.#expected !== null && this.#written !== this.#expected) throw this.#wrongSize()
    this.#finished = trailers
    if (this.#sent !== undefined) this.#end(trailers)
  }

  /** An unfinished body is no request: the other side must not take it for a whole one. */
  abandon(): void {
    if (this.#finished === undefined && this.#sent !== undefined)
      this.#sent.link.services.call('http.close', [this.#sent.id])
  }

  #pass(bytes: Uint8Array): void {
    this.#sent?.link.services.call('http.write', [this.#sent.id, Uint8Array.from(bytes)])
  }

  #end(trailers: FieldList): void {
    this.#sent?.link.services.call('http.end', [this.#sent.id, trailers])
  }

  #wrongSize() {
    return httpFailure({ tag: 'HTTP-request-body-size', val: this.#written })
  }
}

export let requestBodyOf: (body: OutgoingBody) => RequestBody

/** `wasi:http/types#outgoing-body`. */
export class OutgoingBody {
  readonly #request: RequestBody
  readonly #waiter: Waiter
  #taken = false

  constructor(headers: Fields, { waiter, held }: HttpObjects) {
    this.#request = new RequestBody(headers, held)
    this.#waiter = waiter
  }

  write(): OutputStream {
    if (this.#taken) throw new ComponentError(undefined, 'the stream was taken already')
    this.#taken = true
    const body = this.#request
    const sink: ByteSink = {
      permit: () => body.permit(),
      write: (bytes) => asStream('http', () => body.write(bytes)),
      // Passing on waits for the connection itself, so there is always room; before sending, room never comes back.
      writable: always,
      close() {},
    }
    return new OutputStream(sink, this.#waiter)
  }

  static {
    requestBodyOf = (body) => body.#request
  }

  static finish(body: OutgoingBody, trailers: Fields | undefined): void {
    body.#request.finish(trailers?.entries() ?? [])
    trailers?.[DISPOSE]()
  }

  [DISPOSE](): void {
    this.#request.abandon()
  }
}

/** `wasi:http/types#incoming-body`. */
export class IncomingBody {
  readonly #link: HttpLink
  readonly #id: number
  readonly #isReady: boolean
  #taken = false
  #finished = false

  /** @param isReady whether it is known that something can be read */
  constructor(link: HttpLink, id: number, isReady: boolean) {
    this.#link = link
    this.#id = id
    this.#isReady = isReady
  }

  stream(): InputStream {
    if (this.#taken) throw new ComponentError(undefined, 'the stream was taken already')
    this.#taken = true
    return new InputStream(bodySource(this.#link, this.#id, this.#isReady), this.#link.waiter)
  }

  static finish(body: IncomingBody): FutureTrailers {
    body.#finished = true
    return new FutureTrailers(body.#link, body.#id)
  }

  [DISPOSE](): void {
    if (!this.#finished) this.#link.services.call('http.close', [this.#id])
  }
}

/** `wasi:http/types#future-trailers`. */
export class FutureTrailers extends Future<Fields | undefined> {
  constructor(link: HttpLink, id: number) {
    super(link, id, 'trailers')
  }

  [DISPOSE](): void {
    this.link.services.call('http.close', [this.id])
  }

  protected take(): Fields | undefined {
    return trailersOf(this.link.services.call('http.trailers', [this.id]), this.link.Fields)
  }
}

function trailersOf(fields: FieldList, Fields: FieldsClass): Fields | undefined {
  return fields.length === 0 ? undefined : receivedFields(fields, Fields)
}

function bodySource({ services }: HttpLink, id: number, ...[isReady]: [boolean]): ByteSource {
  // Until the next read: nobody else reads it.
  let isKnown = isReady
  const ready = () => {
    isKnown ||= services.call('http.ready', [id, 'body'])
    return isKnown
  }
  const waited = () => {
    isKnown = true
  }
  return remoteSource({
    kind: 'http',
    read(max) {
      isKnown = false
      return services.call('http.read', [id, max, false])
    },
    readiness: { ready, here: () => isKnown, remote: [id, 'body'], waited },
  })
}

function httpFailure(code: HttpErrorCode): ComponentError<HttpErrorCode> {
  return new ComponentError(code, code.tag)
}
