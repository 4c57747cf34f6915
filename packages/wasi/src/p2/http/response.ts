import { ComponentError } from '@wasm-plugin/runtime'
import { DISPOSE } from '@wasm-plugin/runtime/internal'
import { type Awaitable, chain, unawaited } from '../../awaitable.js'
import type { ResponseAnswer } from '../../protocol/http.js'
import { Pollable } from '../io/poll.js'
import { always } from '../io/readiness.js'
import { IncomingBody } from './body.js'
import { type Fields, receivedFields } from './fields.js'
import { Future } from './future.js'
import type { HttpLink } from './link.js'

/** `wasi:http/types#incoming-response`. */
export class IncomingResponse {
  readonly #link: HttpLink
  readonly #id: number
  readonly #status: number
  readonly #headers: Fields
  readonly #isReady: boolean
  #consumed = false

  constructor(link: HttpLink, id: number, { status, headers, isReady }: ResponseAnswer) {
    this.#link = link
    this.#id = id
    this.#status = status
    this.#isReady = isReady
    this.#headers = receivedFields(headers, link.Fields)
  }

  status(): number {
    return this.#status
  }

  headers(): Fields {
    return receivedFields(this.#headers.entries(), this.#link.Fields)
  }

  consume(): IncomingBody {
    if (this.#consumed) throw new ComponentError(undefined, 'the body was consumed already')
    this.#consumed = true
    return new IncomingBody(this.#link, this.#id, this.#isReady)
  }

  [DISPOSE](): void {
    this.#headers[DISPOSE]()
    if (!this.#consumed) unawaited(this.#link.services.call('http.close', [this.#id]))
  }
}

/** `wasi:http/types#future-incoming-response`. */
export class FutureIncomingResponse extends Future<IncomingResponse> {
  constructor(link: HttpLink, id: number) {
    super(link, id, 'response')
  }

  [DISPOSE](): void {
    if (!this.taken) unawaited(this.link.services.call('http.close', [this.id]))
  }

  protected take(): Awaitable<IncomingResponse> {
    const { link, id } = this
    return chain(
      link.services.call('http.response', [id]),
      (answer) => new IncomingResponse(link, id, answer),
    )
  }
}

/** The answer to a request that was not let out: the error is there at once. */
export class RefusedResponse extends FutureIncomingResponse {
  readonly #error: unknown

  constructor(link: HttpLink, error: unknown) {
    super(link, NO_EXCHANGE)
    this.#error = error
  }

  override subscribe(): Pollable {
    return new Pollable(always, this.link.waiter)
  }

  override get(): ReturnType<FutureIncomingResponse['get']> {
    if (this.taken) return { tag: 'err', val: undefined }
    this.taken = true
    return { tag: 'ok', val: { tag: 'err', val: this.#error } }
  }

  override [DISPOSE](): void {}
}

const NO_EXCHANGE = -1
