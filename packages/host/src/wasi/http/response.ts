import { ComponentError } from '@wasm-plugin/runtime'
import type { ResponseHead } from '../../capability/net/http-protocol.js'
import { Pollable } from '../io/poll.js'
import { type HttpLink, IncomingBody, outcome, remote } from './body.js'
import { type Fields, receivedFields } from './fields.js'

/** `wasi:http/types#incoming-response`. */
export class IncomingResponse {
  readonly #link: HttpLink
  readonly #id: number
  readonly #status: number
  readonly #headers: Fields
  #consumed = false

  constructor(link: HttpLink, id: number, { status, headers }: ResponseHead) {
    this.#link = link
    this.#id = id
    this.#status = status
    this.#headers = receivedFields(headers)
  }

  status(): number {
    return this.#status
  }

  headers(): Fields {
    return this.#headers
  }

  consume(): IncomingBody {
    if (this.#consumed) throw new ComponentError(undefined, 'the body was consumed already')
    this.#consumed = true
    return new IncomingBody(this.#link, this.#id)
  }

  [Symbol.dispose](): void {
    if (!this.#consumed) this.#link.services.call('http.close', [this.#id])
  }
}

/** `wasi:http/types#future-incoming-response`. */
export class FutureIncomingResponse {
  readonly #link: HttpLink
  readonly #id: number
  #taken = false

  constructor(link: HttpLink, id: number) {
    this.#link = link
    this.#id = id
  }

  subscribe(): Pollable {
    return new Pollable(remote(this.#link, this.#id, 'response'), this.#link.waiter)
  }

  get() {
    if (this.#taken) return { tag: 'err', val: undefined }
    const { services } = this.#link
    if (services.call('http.ready', [this.#id, 'response']) !== true) return undefined
    this.#taken = true
    const head = () => services.call('http.response', [this.#id]) as ResponseHead
    return { tag: 'ok', val: outcome(() => new IncomingResponse(this.#link, this.#id, head())) }
  }

  [Symbol.dispose](): void {
    if (!this.#taken) this.#link.services.call('http.close', [this.#id])
  }
}
