import type {
  BodyAnswer,
  FieldList,
  Gate,
  HttpErrorCode,
  HttpEvent,
  RequestHead,
  ResponseAnswer,
} from '@wasm-plugin/wasi'
import { HeldBytes, parseWebTarget, type TargetProblem } from '@wasm-plugin/wasi'
import {
  type AnsweringExchange,
  type HttpExchange,
  httpError,
  type ReceivingExchange,
} from '../../http/exchange.js'
import type { AcceptedExchange } from '../../ports.js'
import type { ConnectionCount } from '../connection-count.js'
import type { AllowedRequest } from './allowed-request.js'

export interface HttpServiceParts {
  readonly gate: Gate
  readonly count: ConnectionCount
  /** Numbers that no other request or socket of the thread has. */
  readonly nextId: () => number
  /** Begins to carry a request out. */
  readonly exchange: (request: AllowedRequest) => HttpExchange
}

/** Bytes of answers that one thread may leave unread after their connections are over. */
const HELD = 4 << 20

const PROBLEMS: Record<TargetProblem, HttpErrorCode> = {
  method: { tag: 'HTTP-request-method-invalid' },
  uri: { tag: 'HTTP-request-URI-invalid' },
  'uri-too-long': { tag: 'HTTP-request-URI-too-long' },
}

/**
 * The requests that one thread of a plugin sends and answers, on the host's thread. They are named by numbers of our own.
 */
export class HttpService {
  readonly #parts: HttpServiceParts
  readonly #exchanges = new Map<number, HttpExchange>()
  /** Those that came in, which the thread did not begin and does not end. */
  readonly #incoming = new Map<number, AnsweringExchange>()
  readonly #held = new HeldBytes(HELD)

  constructor(parts: HttpServiceParts) {
    this.#parts = parts
  }

  /** Checks a request and starts it; the answer is its number. One that `isWhole` has no body. */
  open(head: RequestHead, isWhole = false): number {
    const { gate, count } = this.#parts
    const { limits } = gate.grants.current.net
    const web = parseWebTarget(head)
    if (typeof web === 'string') throw httpError(PROBLEMS[web])
    const { target, label } = web
    const use = { capability: 'net', operation: target.method, target: label, net: target } as const
    const { reason } = gate.check(use)
    if (reason !== null) throw httpError({ tag: 'HTTP-request-denied' }, reason)
    if (count.isFull(limits.concurrent)) this.#settleAll()
    if (count.isFull(limits.concurrent)) throw httpError({ tag: 'connection-limit-reached' })
    const size = head.headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0)
    if (size > limits.headerBytes) throw httpError({ tag: 'HTTP-request-header-section-size', val: size })
    const id = this.#parts.nextId()
    const exchange = this.#parts.exchange({ web, head, use, limits, held: this.#held, onOver: count.add() })
    this.#exchanges.set(id, exchange)
    // What fails is the answer of whoever asks for the response.
    if (isWhole) exchange.end([]).catch(() => {})
    return id
  }

  accept(exchange: AnsweringExchange): AcceptedExchange {
    const id = this.#parts.nextId()
    this.#incoming.set(id, exchange)
    return { id, release: () => void this.#incoming.delete(id) }
  }

  /** Of the response to one that came in. */
  async sent(id: number, bytes: number): Promise<number> {
    const exchange = this.#incoming.get(id)
    if (exchange === undefined) throw httpError({ tag: 'connection-terminated' })
    return exchange.sent(bytes)
  }

  async write(id: number, bytes: Uint8Array): Promise<void> {
    return this.#get(id).write(bytes)
  }

  async end(id: number, trailers: FieldList): Promise<void> {
    return this.#get(id).end(trailers)
  }

  async response(id: number): Promise<ResponseAnswer> {
    const exchange = this.#get(id)
    const head = await exchange.response()
    return { ...head, isReady: exchange.isReady('body') }
  }

  /** With `wait` the answer is never empty. */
  async read(id: number, max: number, wait: boolean): Promise<BodyAnswer> {
    const exchange = this.#receiving(id)
    if (wait) await exchange.whenReady('body')
    const bytes = exchange.read(max)
    return { bytes, isLast: bytes === null || exchange.isRead }
  }

  async trailers(id: number): Promise<FieldList> {
    return this.#receiving(id).trailers()
  }

  isReady(id: number, event: HttpEvent): boolean {
    return (this.#incoming.get(id) ?? this.#exchanges.get(id))?.isReady(event) ?? true
  }

  async whenReady(id: number, event: HttpEvent, signal: AbortSignal): Promise<void> {
    await (this.#incoming.get(id) ?? this.#exchanges.get(id))?.whenReady(event, signal)
  }

  close(id: number): void {
    this.#incoming.get(id)?.close()
    this.#exchanges.get(id)?.close()
    this.#exchanges.delete(id)
  }

  closeAll(): void {
    for (const id of [...this.#exchanges.keys()]) this.close(id)
  }

  /** Ends what the grants, which have become narrower, allow no more. */
  closeDenied(): void {
    for (const exchange of this.#exchanges.values()) this.#endIfDenied(exchange)
  }

  /** What could not be held when it arrived may have a place by now. */
  #settleAll(): void {
    for (const exchange of this.#exchanges.values()) exchange.settle()
  }

  #receiving(id: number): ReceivingExchange {
    return this.#incoming.get(id) ?? this.#get(id)
  }

  #get(id: number): HttpExchange {
    const exchange = this.#exchanges.get(id)
    if (exchange === undefined) throw httpError({ tag: 'connection-terminated' })
    this.#endIfDenied(exchange)
    return exchange
  }

  #endIfDenied(exchange: HttpExchange): void {
    const { use } = exchange
    if (use !== undefined && !this.#parts.gate.allows(use)) exchange.close({ tag: 'HTTP-request-denied' })
  }
}
