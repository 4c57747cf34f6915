import type { ClientRequest, IncomingMessage } from 'node:http'
import { type AllowedRequest, Changes, type HttpExchange, httpError } from '@wasm-plugin/embed/services'
import { ComponentError } from '@wasm-plugin/runtime'
import type {
  FieldList,
  HeldBytes,
  HttpErrorCode,
  HttpEvent,
  NetLimits,
  RequestHead,
  ResponseHead,
  Use,
} from '@wasm-plugin/wasi'
import type { Connecting } from './connecting.js'
import { codeOfNodeError } from './http-errors.js'
import { addTrailers, fieldsOf } from './http-message.js'
import { Rest } from './http-rest.js'
import { sendRequest } from './http-send.js'
import type { Address } from './resolve.js'

export interface ExchangeParts extends AllowedRequest {
  /** The addresses that may be connected to; rejects with a `ComponentError`. */
  readonly addresses: (signal: AbortSignal) => Promise<readonly Address[]>
  readonly connecting: Connecting
}

const DISCARD = 64 << 10
/** So many times what an answer may have is received for it: what frames its chunks counts, as do informational responses. */
const FRAMING = 2
/** Bytes beyond that, of which the plugin is told that they are too many when it reads them. */
const UNREAD = 64 << 10
/** Informational responses before the answer; servers have one or two to send. */
const MAX_INFORMATIONAL = 16

type Timeouts = Pick<RequestHead, 'connectTimeoutMs' | 'firstByteTimeoutMs' | 'betweenBytesTimeoutMs'>

/**
 * One request and its response: one connection of its own, never shared. It is over when the answer has arrived whole, or
 * never will: what the plugin does with its handles then, if anything, holds no connection. What stays of an exchange
 * whose answer was taken is a few words, for as long as the plugin has a handle.
 */
export class Exchange implements HttpExchange {
  readonly #limits: NetLimits
  readonly #timeouts: Timeouts
  readonly #held: HeldBytes
  readonly #onOver: () => void
  /** To be called when there is a connection, or will be none. */
  readonly #connected: () => void
  /** Aborted when the connection is over. */
  readonly #over = new AbortController()
  #use: Use | undefined
  /** Resolves when the connection may be written to; undefined when it is over. */
  #started: Promise<ClientRequest> | undefined
  #request: ClientRequest | undefined
  #response: IncomingMessage | undefined
  /** The plugin has been told of the response. */
  #told = false
  /** Set when the answer has arrived whole. */
  #rest: Rest | undefined
  #failure: ComponentError<HttpErrorCode> | undefined
  #timer: NodeJS.Timeout | undefined
  #sent = 0
  #received = 0
  /** Called at every change of state; whoever waits looks again. */
  readonly #changes = new Changes()

  constructor(parts: ExchangeParts) {
    const { head, limits, held, use, connecting, onOver } = parts
    const { connectTimeoutMs, firstByteTimeoutMs, betweenBytesTimeoutMs } = head
    this.#timeouts = { connectTimeoutMs, firstByteTimeoutMs, betweenBytesTimeoutMs }
    this.#limits = limits
    this.#held = held
    this.#use = use
    this.#onOver = onOver
    this.#connected = connecting.add(() => this.#fail(httpError({ tag: 'connection-timeout' })))
    this.#arm('connectTimeoutMs', 'connection-timeout')
    this.#started = this.#start(parts)
    this.#started.catch((error) => this.#fail(error))
  }

  /** What allowed it; undefined when nothing more can come of it. */
  get use(): Use | undefined {
    return this.#use
  }

  /** Takes bytes of the request's body; resolves when the connection wants more. */
  async write(bytes: Uint8Array): Promise<void> {
    const request = await this.#usable()
    // The other side has answered without the rest of it.
    if (request === undefined) return
    this.#sent += bytes.length
    if (this.#sent > this.#limits.requestBytes)
      this.#fail(httpError({ tag: 'HTTP-request-body-size', val: BigInt(this.#sent) }))
    this.#throwFailure()
    // Without a length the body is framed in chunks, for every method: an unframed body would be a second request.
    request.useChunkedEncodingByDefault = true
    if (request.write(bytes)) return
    await this.#until(() => !request.writableNeedDrain)
    this.#throwFailure()
  }

  async end(trailers: FieldList): Promise<void> {
    const request = await this.#usable()
    if (request === undefined) return
    addTrailers(request, trailers)
    request.end()
  }

  async response(): Promise<ResponseHead> {
    await this.whenReady('response')
    this.#throwFailure()
    const head = this.#rest === undefined ? this.#head() : this.#rest.takeHead()
    if (head === undefined) throw httpError({ tag: 'connection-terminated' })
    this.#told = true
    this.settle()
    return head
  }

  /** Up to `max` bytes that have arrived; empty if none have; `null` at the end of the body. */
  read(max: number): Uint8Array | null {
    this.#throwFailure()
    const chunk = this.#take(max)
    if (chunk === null || chunk.length === 0) return chunk
    this.#received += chunk.length
    if (this.#received > this.#limits.responseBytes)
      this.#fail(httpError({ tag: 'HTTP-response-body-size', val: BigInt(this.#received) }))
    this.#throwFailure()
    return chunk
  }

  get isRead(): boolean {
    return this.#rest?.isRead === true
  }

  async trailers(): Promise<FieldList> {
    // What was not read of the body goes by on the way, under the same caps.
    while (this.read(DISCARD) !== null) await this.whenReady('body')
    const trailers = this.#rest?.takeTrailers() ?? fieldsOf(this.#response?.rawTrailers ?? [])
    this.settle()
    return trailers
  }

  isReady(event: HttpEvent): boolean {
    if (this.#isOver) return true
    if (event === 'response') return this.#response !== undefined
    const { readableLength = 0, complete = false, readableEnded = false } = this.#response ?? {}
    return (complete && readableEnded) || (event === 'body' && readableLength > 0)
  }

  async whenReady(event: HttpEvent, signal?: AbortSignal): Promise<void> {
    const waits = event !== 'response' && !this.isReady(event)
    if (waits) this.#arm('betweenBytesTimeoutMs', 'connection-read-timeout')
    await this.#until(() => this.isReady(event), signal)
    if (waits) clearTimeout(this.#timer)
  }

  /** An answer that has arrived whole needs no connection. One that cannot be held is left in it. */
  settle(): void {
    if (this.#failure !== undefined) return
    if (this.#rest === undefined && this.#response?.complete === true) {
      this.#rest = Rest.of(this.#response, this.#told ? undefined : this.#head(), this.#held)
      if (this.#rest !== undefined) this.#disconnect()
    }
    if (this.#rest?.isEmpty) this.#use = undefined
  }

  /** Whoever waits for it, or asks later, gets `reason`. */
  close(reason: HttpErrorCode = { tag: 'connection-terminated' }): void {
    this.#fail(httpError(reason))
  }

  async #start({ web, head, addresses }: ExchangeParts): Promise<ClientRequest> {
    const allowed = await addresses(this.#over.signal)
    this.#throwFailure()
    const { headerBytes, responseBytes } = this.#limits
    const request = sendRequest(web, {
      headers: head.headers,
      headerBytes,
      addresses: allowed,
      slicing: {
        maxBytes: FRAMING * (responseBytes + headerBytes) + UNREAD,
        tooMuch: (bytes) => httpError({ tag: 'HTTP-response-body-size', val: BigInt(bytes) }),
      },
    })
    this.#request = request
    this.#listen(request, web.target.scheme === 'https' ? 'secureConnect' : 'connect')
    return request
  }

  #listen(request: ClientRequest, connected: 'secureConnect' | 'connect'): void {
    request.on('socket', (socket) => {
      // What a plugin leaves open does not keep the process alive; a call that waits for it does.
      socket.unref()
      socket.once('connect', this.#connected)
      socket.once(connected, () => {
        if (this.#response === undefined) this.#arm('firstByteTimeoutMs', 'HTTP-response-timeout')
      })
    })
    let informational = 0
    request.on('information', () => {
      if (++informational > MAX_INFORMATIONAL) this.#lose(httpError({ tag: 'HTTP-protocol-error' }))
    })
    request.on('error', (error) => this.#lose(error))
    request.on('drain', () => this.#changes.notify())
    request.on('close', () => {
      // The connection may close before the plugin has read what arrived whole.
      if (this.#response?.complete !== true) this.#lose(httpError({ tag: 'HTTP-response-incomplete' }))
    })
    request.on('response', (response) => this.#receive(response))
  }

  #receive(response: IncomingMessage): void {
    clearTimeout(this.#timer)
    this.#response = response
    // Paused: what the plugin does not read stays in the kernel and slows the sender down.
    response.on('readable', () => {
      if (response.readableLength === 0) response.read(0)
      this.settle()
      this.#changes.notify()
    })
    response.on('end', () => {
      this.settle()
      this.#changes.notify()
    })
    response.on('error', () => this.#lose(httpError({ tag: 'HTTP-response-incomplete' })))
    this.#changes.notify()
  }

  #head(): ResponseHead | undefined {
    const response = this.#response
    return response && { status: response.statusCode ?? 0, headers: fieldsOf(response.rawHeaders) }
  }

  #take(max: number): Uint8Array | null {
    if (this.#rest !== undefined) {
      const chunk = this.#rest.read(max)
      this.settle()
      return chunk
    }
    const response = this.#response
    const size = Math.min(max, response?.readableLength ?? 0)
    if (response === undefined || size === 0) return this.isReady('trailers') ? null : new Uint8Array()
    const chunk = new Uint8Array(response.read(size) as Buffer)
    // A stream that was read empty notices its end only when it is read again.
    if (response.readableLength === 0) response.read(0)
    this.settle()
    return chunk
  }

  async #usable(): Promise<ClientRequest | undefined> {
    await this.#started?.catch(() => undefined)
    this.#throwFailure()
    return this.#request
  }

  #arm(
    which: keyof Timeouts,
    tag: 'connection-timeout' | 'HTTP-response-timeout' | 'connection-read-timeout',
  ): void {
    clearTimeout(this.#timer)
    const most = this.#limits[which]
    const fail = () => this.#fail(httpError({ tag }))
    this.#timer = setTimeout(fail, Math.min(this.#timeouts[which] ?? most, most)).unref()
  }

  get #isOver(): boolean {
    return this.#failure !== undefined || this.#rest !== undefined
  }

  /** Also when it is over: nothing more will change then. */
  #until(condition: () => boolean, signal?: AbortSignal): Promise<void> {
    return this.#changes.until(() => condition() || this.#isOver, signal)
  }

  /** The connection failed, unless it had nothing more to bring. */
  #lose(error: unknown): void {
    if (!this.#isOver) this.#fail(error)
  }

  #fail(error: unknown): void {
    this.#failure ??= ComponentError.is(error)
      ? (error as ComponentError<HttpErrorCode>)
      : httpError(codeOfNodeError(error))
    this.#rest?.drop()
    this.#use = undefined
    this.#disconnect()
  }

  #disconnect(): void {
    clearTimeout(this.#timer)
    this.#over.abort()
    this.#connected()
    this.#request?.destroy()
    this.#request = this.#response = this.#started = undefined
    this.#onOver()
    this.#changes.notify()
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure
  }
}
