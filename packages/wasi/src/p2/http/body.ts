import { ComponentError } from '@wasm-plugin/runtime'
import { DISPOSE } from '@wasm-plugin/runtime/internal'
import { type Awaitable, chain, inOrder, unawaited } from '../../awaitable.js'
import type { HeldBytes } from '../../grants/held-bytes.js'
import { type FieldList, type HttpErrorCode, mayTrail } from '../../protocol/http.js'
import { exchangeSource } from '../io/exchange-source.js'
import { InputStream } from '../io/input-stream.js'
import { type ByteSink, OutputStream } from '../io/output-stream.js'
import { always } from '../io/readiness.js'
import { asStream } from '../io/remote-source.js'
import type { Waiter } from '../io/waiter.js'
import { type Fields, type FieldsClass, receivedFields } from './fields.js'
import { Future } from './future.js'
import type { HttpLink, HttpObjects } from './link.js'

/** Bytes of a body that are kept while its request is not sent yet. */
const EARLY_BYTES = 64 << 10

/** Where a body goes when its message is under way. */
export interface BodyTarget {
  write(bytes: Uint8Array): Awaitable<void>
  end(trailers: FieldList): Awaitable<void>
  /** Passes on what it keeps. @default it keeps nothing */
  flush?(): void
  /** An unfinished body is no message: the other side must not take it for a whole one. */
  abandon(): void
}

/** The body of a message on its way out: kept until the message is sent, then passed on piece by piece. */
export class SentBody {
  readonly #message: 'request' | 'response'
  #expected: bigint | null
  readonly #early: Uint8Array[] = []
  #earlyBytes = 0
  #written = 0n
  #target: BodyTarget | undefined
  #finished: FieldList | undefined
  #refused = false
  #abandoned = false
  readonly #held: HeldBytes

  constructor(headers: Fields, held: HeldBytes, message: 'request' | 'response') {
    this.#held = held
    this.#message = message
    const length = headers.get('content-length')[0]
    this.#expected = length === undefined ? null : BigInt(new TextDecoder().decode(length))
  }

  permit(): number {
    return this.#target === undefined && !this.#refused ? EARLY_BYTES - this.#earlyBytes : EARLY_BYTES
  }

  write(bytes: Uint8Array): Awaitable<void> {
    this.#written += BigInt(bytes.length)
    if (this.#expected !== null && this.#written > this.#expected) throw this.#wrongSize()
    if (this.#refused) return
    if (this.#target !== undefined) return this.#target.write(bytes)
    if (bytes.length > this.permit() || !this.#held.take(bytes.length)) throw this.#wrongSize()
    this.#early.push(bytes.slice())
    this.#earlyBytes += bytes.length
  }

  flush(): void {
    this.#target?.flush?.()
  }

  /** The message is under way: passes on what was kept. */
  attach(target: BodyTarget): Awaitable<void> {
    this.#target = target
    const early = this.#early.splice(0)
    this.discard()
    const written = inOrder(early, (bytes) => target.write(bytes))
    return chain(written, () => {
      if (this.#finished !== undefined) return target.end(this.#finished)
      if (early.length > 0) target.flush?.()
      if (this.#abandoned) target.abandon()
    })
  }

  /** The message was not let out, or goes without its body, which is taken and goes nowhere. */
  refuse(): void {
    this.#refused = true
    this.#expected = null
    this.discard()
  }

  /** Lets go of what was kept: it is passed on, or its message is no more. */
  discard(): void {
    this.#early.length = 0
    this.#held.give(this.#earlyBytes)
    this.#earlyBytes = 0
  }

  finish(trailers: FieldList): Awaitable<void> {
    if (this.#expected !== null && this.#written !== this.#expected) {
      // The guest has no handle left by which to drop it.
      this.abandon()
      throw this.#wrongSize()
    }
    this.#finished = trailers
    return this.#target?.end(trailers)
  }

  abandon(): void {
    if (this.#finished !== undefined || this.#refused) return
    this.#abandoned = true
    this.#target?.abandon()
  }

  #wrongSize() {
    return httpFailure({ tag: `HTTP-${this.#message}-body-size`, val: this.#written })
  }
}

export let sentBodyOf: (body: OutgoingBody) => SentBody

/** `wasi:http/types#outgoing-body`. */
export class OutgoingBody {
  readonly #sent: SentBody
  readonly #waiter: Waiter
  #taken = false

  constructor(headers: Fields, { waiter, held }: HttpObjects, message: 'request' | 'response') {
    this.#sent = new SentBody(headers, held, message)
    this.#waiter = waiter
  }

  write(): OutputStream {
    if (this.#taken) throw new ComponentError(undefined, 'the stream was taken already')
    this.#taken = true
    const body = this.#sent
    const sink: ByteSink = {
      permit: () => body.permit(),
      write: (bytes) => asStream('http', () => body.write(bytes)),
      flush: () => body.flush(),
      // Passing on waits for the connection itself, so there is always room; before sending, room never comes back.
      writable: always,
      close() {},
    }
    return new OutputStream(sink, this.#waiter)
  }

  static {
    sentBodyOf = (body) => body.#sent
  }

  static finish(body: OutgoingBody, trailers: Fields | undefined): Awaitable<void> {
    // Those that may not be there are left out: a plugin that is refused here has no way left to end its message.
    const fields = trailers?.entries().filter(([name]) => mayTrail(name)) ?? []
    return chain(body.#sent.finish(fields), () => trailers?.[DISPOSE]())
  }

  [DISPOSE](): void {
    this.#sent.abandon()
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
    const { services, waiter, isWhole = false } = this.#link
    const known = isWhole ? 'always' : this.#isReady ? 'now' : 'not'
    return new InputStream(exchangeSource(services, this.#id, known), waiter)
  }

  static finish(body: IncomingBody): FutureTrailers {
    body.#finished = true
    return new FutureTrailers(body.#link, body.#id)
  }

  [DISPOSE](): void {
    if (!this.#finished) unawaited(this.#link.services.call('http.close', [this.#id]))
  }
}

/** `wasi:http/types#future-trailers`. */
export class FutureTrailers extends Future<Fields | undefined> {
  constructor(link: HttpLink, id: number) {
    super(link, id, 'trailers', link.isWhole)
  }

  [DISPOSE](): void {
    unawaited(this.link.services.call('http.close', [this.id]))
  }

  protected take(): Awaitable<Fields | undefined> {
    const { services, Fields } = this.link
    return chain(services.call('http.trailers', [this.id]), (fields) => trailersOf(fields, Fields))
  }
}

function trailersOf(fields: FieldList, Fields: FieldsClass): Fields | undefined {
  return fields.length === 0 ? undefined : receivedFields(fields, Fields)
}

export function httpFailure(code: HttpErrorCode): ComponentError<HttpErrorCode> {
  return new ComponentError(code, code.tag)
}
