import { ComponentError } from '@wasm-plugin/runtime'
import { DISPOSE } from '@wasm-plugin/runtime/internal'
import { unawaited } from '../../awaitable.js'
import type { IncomingHead } from '../../protocol/http.js'
import type { ImmediateHandlers, ServiceCaller } from '../../protocol/service-map.js'
import { IncomingBody } from './body.js'
import { type Fields, receivedFields } from './fields.js'
import type { HttpLink } from './link.js'
import type { Method, Scheme } from './request.js'

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'])

/** `wasi:http/types#incoming-request`. */
export class IncomingRequest {
  readonly #link: HttpLink
  readonly #id: number
  readonly #head: IncomingHead
  #held: number
  #consumed = false

  constructor(link: HttpLink, id: number, head: IncomingHead) {
    this.#link = link
    this.#id = id
    this.#head = head
    this.#held = head.fieldBytes
    link.held.takeOrFault(this.#held, 'wasi:http fields')
  }

  method(): Method {
    const { method } = this.#head
    return METHODS.has(method) ? { tag: method.toLowerCase() } : { tag: 'other', val: method }
  }

  pathWithQuery(): string | undefined {
    return this.#head.pathWithQuery
  }

  scheme(): Scheme | undefined {
    const { scheme } = this.#head
    if (scheme === undefined) return undefined
    if (scheme === 'http' || scheme === 'https') return { tag: scheme === 'http' ? 'HTTP' : 'HTTPS' }
    return { tag: 'other', val: scheme }
  }

  authority(): string | undefined {
    return this.#head.authority
  }

  headers(): Fields {
    return receivedFields(this.#head.headers, this.#link.Fields)
  }

  consume(): IncomingBody {
    if (this.#consumed) throw new ComponentError(undefined, 'the body was consumed already')
    this.#consumed = true
    const { body } = this.#head
    const link = body === undefined ? this.#link : withWholeBody(this.#link, body)
    return new IncomingBody(link, this.#id, body !== undefined)
  }

  [DISPOSE](): void {
    this.#link.held.give(this.#held)
    this.#held = 0
    if (!this.#consumed && this.#head.body === undefined)
      unawaited(this.#link.services.call('http.close', [this.#id]))
  }
}

/** Answers for a body that came with its request, so that nobody else is asked for it. */
function withWholeBody({ waiter, held, Fields }: HttpLink, bytes: Uint8Array): HttpLink {
  let left = bytes
  const handlers: ImmediateHandlers = {
    'http.ready': () => true,
    'http.read': (_, max) => {
      const next = left.subarray(0, max)
      left = left.subarray(max)
      return { bytes: next.length === 0 ? null : next, isLast: left.length === 0 }
    },
    'http.trailers': () => [],
    'http.close': () => undefined,
  }
  const services: ServiceCaller = {
    call(service, args) {
      const handler = handlers[service] as NonNullable<(typeof handlers)[typeof service]>
      return handler(...args)
    },
  }
  return { waiter, held, Fields, services, isWhole: true }
}
