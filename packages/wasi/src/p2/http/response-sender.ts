import type { ComponentError } from '@wasm-plugin/runtime'
import { type Awaitable, chain } from '../../awaitable.js'
import { type FieldList, type HttpErrorCode, hasNoBody, type ResponsePiece } from '../../protocol/http.js'
import type { ServiceCaller } from '../../protocol/service-map.js'
import { type BodyTarget, httpFailure } from './body.js'

/** Bytes of a response that may be under way before its client has taken them. */
const WINDOW = 256 << 10
/** Informational responses to one request; servers have one or two to send. */
const MAX_INFORMATIONAL = 16

export interface Sending {
  /** Of the exchange. */
  readonly id: number
  /** The client gets no body, whatever the response has. */
  readonly isHead: boolean
  readonly services: ServiceCaller
  readonly post: (piece: ResponsePiece) => void
  /** Has those sent that wait for others. */
  readonly flush: () => void
}

/**
 * Sends the response to one request. Nobody waits for a piece to arrive, so that a small response costs its plugin no more
 * than the posting; a plugin that is faster than its client waits for it once so much is under way.
 */
export class ResponseSender implements BodyTarget {
  readonly #sending: Sending
  #informational = 0
  #sent = 0
  #taken = 0
  #isOver = false

  constructor(sending: Sending) {
    this.#sending = sending
  }

  informational(status: number, headers: FieldList): void {
    const isOne = status >= 100 && status < 200 && status !== 101
    if (!isOne || this.#isOver || ++this.#informational > MAX_INFORMATIONAL)
      throw httpFailure({ tag: 'HTTP-protocol-error' })
    this.#sending.post({ kind: 'informational', status, headers })
  }

  /** Answers whether a body may follow. */
  head(status: number, headers: FieldList): boolean {
    if (!this.#isOver) this.#sending.post({ kind: 'head', status, headers })
    return !this.#sending.isHead && !hasNoBody(status)
  }

  write(bytes: Uint8Array): Awaitable<void> {
    if (this.#isOver) throw terminated()
    this.#sent += bytes.length
    // The plugin's memory is not copied with them.
    this.#sending.post({ kind: 'bytes', bytes: bytes.slice() })
    if (this.#sent - this.#taken <= WINDOW) return
    const { services, id } = this.#sending
    return chain(services.call('http.sent', [id, this.#sent]), (taken) => {
      this.#taken = taken
    })
  }

  flush(): void {
    this.#sending.flush()
  }

  /** Nothing follows: whatever its plugin does now, the client has what it asked for. */
  end(trailers: FieldList): void {
    this.#last({ kind: 'end', trailers })
    this.flush()
  }

  abandon(): void {
    this.fail({ tag: 'HTTP-response-incomplete' })
  }

  fail(code: HttpErrorCode): void {
    this.#last({ kind: 'failed', code })
  }

  /** The plugin has returned: what it still holds of the response leads nowhere. */
  close(): void {
    this.#isOver = true
  }

  #last(piece: ResponsePiece): void {
    if (!this.#isOver) this.#sending.post(piece)
    this.#isOver = true
  }
}

function terminated(): ComponentError<HttpErrorCode> {
  return httpFailure({ tag: 'connection-terminated' })
}
