import { ComponentError } from '@wasm-plugin/runtime'
import type { FieldList, HttpErrorCode } from '../../capability/net/http-protocol.js'
import type { ServiceCaller } from '../context.js'
import { type ByteSource, InputStream } from '../io/input-stream.js'
import { type ByteSink, OutputStream } from '../io/output-stream.js'
import { always, Pollable, type Readiness } from '../io/poll.js'
import { asStream, remoteSource } from '../io/remote-source.js'
import type { Waiter } from '../io/waiter.js'
import { type Fields, receivedFields } from './fields.js'

/** Bytes of a body that are kept while its request is not sent yet. */
const EARLY_BYTES = 64 << 10

/** How the objects of one instance reach the host's thread. */
export interface HttpLink {
  readonly services: ServiceCaller
  readonly waiter: Waiter
}

/** The body of a request on its way out: kept until the request is sent, then passed on piece by piece. */
export class RequestBody {
  readonly #expected: bigint | null
  readonly #early: Uint8Array[] = []
  #earlyBytes = 0
  #written = 0n
  #sent: { readonly link: HttpLink; readonly id: number } | undefined
  #finished: FieldList | undefined

  constructor(headers: Fields) {
    const length = headers.get('content-length')[0]
    this.#expected = length === undefined ? null : BigInt(Buffer.from(length).toString('latin1'))
  }

  permit(): number {
    return this.#sent === undefined ? EARLY_BYTES - this.#earlyBytes : EARLY_BYTES
  }

  write(bytes: Uint8Array): void {
    this.#written += BigInt(bytes.length)
    if (this.#expected !== null && this.#written > this.#expected) throw this.#wrongSize()
    if (this.#sent !== undefined) this.#pass(bytes)
    else if (bytes.length > this.permit())
      throw httpFailure({ tag: 'HTTP-request-body-size', val: this.#written })
    else {
      this.#early.push(bytes.slice())
      this.#earlyBytes += bytes.length
    }
  }

  /** The request is under way: passes on what was kept. */
  attach(link: HttpLink, id: number): void {
    this.#sent = { link, id }
    for (const bytes of this.#early.splice(0)) this.#pass(bytes)
    if (this.#finished !== undefined) this.#end(this.#finished)
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

  constructor(headers: Fields, waiter: Waiter) {
    this.#request = new RequestBody(headers)
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
  }

  [Symbol.dispose](): void {
    this.#request.abandon()
  }
}

/** `wasi:http/types#incoming-body`. */
export class IncomingBody {
  readonly #link: HttpLink
  readonly #id: number
  #taken = false
  #finished = false

  constructor(link: HttpLink, id: number) {
    this.#link = link
    this.#id = id
  }

  stream(): InputStream {
    if (this.#taken) throw new ComponentError(undefined, 'the stream was taken already')
    this.#taken = true
    return new InputStream(bodySource(this.#link, this.#id), this.#link.waiter)
  }

  static finish(body: IncomingBody): FutureTrailers {
    body.#finished = true
    return new FutureTrailers(body.#link, body.#id)
  }

  [Symbol.dispose](): void {
    if (!this.#finished) this.#link.services.call('http.close', [this.#id])
  }
}

/** `wasi:http/types#future-trailers`. */
export class FutureTrailers {
  readonly #link: HttpLink
  readonly #id: number
  #taken = false

  constructor(link: HttpLink, id: number) {
    this.#link = link
    this.#id = id
  }

  subscribe(): Pollable {
    return new Pollable(remote(this.#link, this.#id, 'trailers'), this.#link.waiter)
  }

  get() {
    if (this.#taken) return { tag: 'err', val: undefined }
    const { services } = this.#link
    if (services.call('http.ready', [this.#id, 'trailers']) !== true) return undefined
    this.#taken = true
    return {
      tag: 'ok',
      val: outcome(() => trailersOf(services.call('http.trailers', [this.#id]) as FieldList)),
    }
  }

  [Symbol.dispose](): void {
    this.#link.services.call('http.close', [this.#id])
  }
}

/** Something on the host's thread that becomes ready once and stays so. */
export function remote(link: HttpLink, id: number, event: string): Readiness {
  let known = false
  return {
    ready: () => {
      known ||= link.services.call('http.ready', [id, event]) === true
      return known
    },
    remote: [id, event],
  }
}

/** A step that may fail with an HTTP error code, as a `result` value. */
export function outcome<T>(step: () => T): { tag: 'ok'; val: T } | { tag: 'err'; val: unknown } {
  try {
    return { tag: 'ok', val: step() }
  } catch (error) {
    if (ComponentError.is(error)) return { tag: 'err', val: error.payload }
    throw error
  }
}

function trailersOf(fields: FieldList): Fields | undefined {
  return fields.length === 0 ? undefined : receivedFields(fields)
}

function bodySource({ services }: HttpLink, id: number): ByteSource {
  return remoteSource({ services, id, read: 'http.read', ready: 'http.ready', event: 'body', kind: 'http' })
}

function httpFailure(code: HttpErrorCode): ComponentError<HttpErrorCode> {
  return new ComponentError(code, code.tag)
}
