import { ComponentError } from '@wasm-plugin/runtime'
import { DISPOSE } from '@wasm-plugin/runtime/internal'
import { type Awaitable, lastly } from '../../awaitable.js'
import type { FieldList, HttpErrorCode } from '../../protocol/http.js'
import { OutgoingBody, type SentBody, sentBodyOf } from './body.js'
import { type Fields, receivedFields, sealFields } from './fields.js'
import type { HttpObjects } from './link.js'
import type { ResponseSender } from './response-sender.js'

interface ResponseParts {
  readonly status: number
  readonly headers: FieldList
  readonly body: SentBody | undefined
}

let responseParts: (response: OutgoingResponse) => ResponseParts

/** `wasi:http/types#outgoing-response`. */
export class OutgoingResponse {
  readonly #headers: Fields
  #status = 200
  readonly #objects: HttpObjects
  #body: SentBody | undefined

  constructor(headers: Fields, objects: HttpObjects) {
    this.#objects = objects
    this.#headers = sealFields(headers)
  }

  statusCode(): number {
    return this.#status
  }

  setStatusCode(status: number): void {
    if (status < 100 || status > 599) throw new ComponentError(undefined, 'not a status code')
    this.#status = status
  }

  headers(): Fields {
    return receivedFields(this.#headers.entries(), this.#objects.Fields)
  }

  body(): OutgoingBody {
    if (this.#body !== undefined) throw new ComponentError(undefined, 'the body was taken already')
    const body = new OutgoingBody(this.#headers, this.#objects, 'response')
    this.#body = sentBodyOf(body)
    return body
  }

  /** Dropped, or sent: it holds nothing any more. */
  [DISPOSE](): void {
    this.#headers[DISPOSE]()
    this.#body?.discard()
  }

  static {
    responseParts = (response) => ({
      status: response.#status,
      headers: response.#headers.entries(),
      body: response.#body,
    })
  }
}

type Answer = { tag: 'ok'; val: OutgoingResponse } | { tag: 'err'; val: HttpErrorCode }

/** `wasi:http/types#response-outparam`: where the plugin puts its response, once. */
export class ResponseOutparam {
  readonly #sender: ResponseSender

  constructor(sender: ResponseSender) {
    this.#sender = sender
  }

  sendInformational(status: number, headers: Fields): void {
    try {
      this.#sender.informational(status, headers.entries())
    } finally {
      headers[DISPOSE]()
    }
  }

  static set(param: ResponseOutparam, answer: Answer): Awaitable<void> {
    const sender = param.#sender
    return answer.tag === 'err' ? sender.fail(answer.val) : send(answer.val, sender)
  }
}

function send(response: OutgoingResponse, sender: ResponseSender): Awaitable<void> {
  return lastly(
    () => sendParts(responseParts(response), sender),
    () => response[DISPOSE](),
  )
}

function sendParts({ status, headers, body }: ResponseParts, sender: ResponseSender): Awaitable<void> {
  // Informational responses come before the one that counts, and nobody here changes the protocol.
  if (status < 200) {
    body?.refuse()
    sender.fail({ tag: 'HTTP-protocol-error' })
  } else if (!sender.head(status, headers)) {
    body?.refuse()
    sender.end([])
  } else if (body !== undefined) return body.attach(sender)
  else if (claimsBytes(headers)) sender.abandon()
  else sender.end([])
}

/** A body that was never taken is empty. */
function claimsBytes(headers: FieldList): boolean {
  const length = headers.find(([name]) => name === 'content-length')?.[1]
  return length !== undefined && Number(new TextDecoder().decode(length)) > 0
}
