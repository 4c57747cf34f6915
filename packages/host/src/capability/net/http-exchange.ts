import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { ComponentError } from '@wasm-plugin/runtime'
import type { NetLimits } from '../grant-set.js'
import type { Use } from '../use.js'
import { Changes } from './changes.js'
import { codeOfNodeError } from './http-errors.js'
import {
  type FieldList,
  type HttpErrorCode,
  type HttpEvent,
  isForbiddenField,
  type RequestHead,
  type ResponseHead,
} from './http-protocol.js'
import type { Address } from './resolve.js'
import type { WebTarget } from './target.js'

export interface ExchangeParts {
  readonly web: WebTarget
  readonly head: RequestHead
  /** What was allowed. */
  readonly use: Use
  readonly limits: NetLimits
  /** The addresses that may be connected to; rejects with a `ComponentError`. */
  readonly addresses: () => Promise<readonly Address[]>
}

const DISCARD = 64 << 10

/** One request and its response: one connection of its own, never shared, closed with the exchange. */
export class Exchange {
  readonly #parts: ExchangeParts
  /** Resolves when the connection may be written to. */
  readonly #started: Promise<ClientRequest>
  #response: IncomingMessage | undefined
  #failure: ComponentError<HttpErrorCode> | undefined
  #request: ClientRequest | undefined
  #timer: NodeJS.Timeout | undefined
  #sent = 0
  #received = 0
  #ended = false
  /** Called at every change of state; whoever waits looks again. */
  readonly #changes = new Changes()

  constructor(parts: ExchangeParts) {
    this.#parts = parts
    this.#arm(parts.head.connectTimeoutMs, parts.limits.connectTimeoutMs, 'connection-timeout')
    this.#started = this.#start()
    this.#started.catch((error) => this.#fail(error))
  }

  get use(): Use {
    return this.#parts.use
  }

  /** Takes bytes of the request's body; resolves when the connection wants more. */
  async write(bytes: Uint8Array): Promise<void> {
    const request = await this.#usable()
    this.#sent += bytes.length
    if (this.#sent > this.#parts.limits.requestBytes)
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
    if (trailers.length > 0)
      request.addTrailers(trailers.map(([name, value]): [string, string] => [name, latin1(value)]))
    request.end()
  }

  async response(): Promise<ResponseHead> {
    await this.whenReady('response')
    const response = this.#response
    if (response === undefined) throw this.#failure
    return { status: response.statusCode ?? 0, headers: fieldsOf(response.rawHeaders) }
  }

  /** Up to `max` bytes that have arrived; empty if none have; `null` at the end of the body. */
  read(max: number): Uint8Array | null {
    const response = this.#response
    const size = Math.min(max, response?.readableLength ?? 0)
    if (response === undefined || size === 0) {
      this.#throwFailure()
      return this.#ended ? null : new Uint8Array()
    }
    const chunk: Buffer = response.read(size)
    // A stream that was read empty notices its end only when it is read again.
    if (response.readableLength === 0) response.read(0)
    this.#received += chunk.length
    const { responseBytes } = this.#parts.limits
    if (this.#received > responseBytes)
      this.#fail(httpError({ tag: 'HTTP-response-body-size', val: BigInt(this.#received) }))
    this.#throwFailure()
    return new Uint8Array(chunk)
  }

  async trailers(): Promise<FieldList> {
    // What was not read of the body goes by on the way, under the same caps.
    while (this.read(DISCARD) !== null) await this.whenReady('body')
    return fieldsOf(this.#response?.rawTrailers ?? [])
  }

  isReady(event: HttpEvent): boolean {
    if (this.#failure !== undefined) return true
    if (event === 'response') return this.#response !== undefined
    return this.#ended || (event === 'body' && (this.#response?.readableLength ?? 0) > 0)
  }

  async whenReady(event: HttpEvent, signal?: AbortSignal): Promise<void> {
    const waits = event !== 'response' && !this.isReady(event)
    const { head, limits } = this.#parts
    if (waits) this.#arm(head.betweenBytesTimeoutMs, limits.betweenBytesTimeoutMs, 'connection-read-timeout')
    await this.#until(() => this.isReady(event), signal)
    if (waits) clearTimeout(this.#timer)
  }

  /** Whoever waits for it, or asks later, gets `reason`. */
  close(reason: HttpErrorCode = { tag: 'connection-terminated' }): void {
    this.#request?.destroy()
    this.#fail(httpError(reason))
  }

  async #start(): Promise<ClientRequest> {
    const { web, limits, head, addresses } = this.#parts
    const { target } = web
    const allowed = await addresses()
    this.#throwFailure()
    const send = target.scheme === 'https' ? httpsRequest : httpRequest
    const host = target.host.replace(/^\[|\]$/g, '')
    const request = send({
      host,
      port: target.port,
      method: target.method,
      path: web.wirePath,
      // No pool: a connection is never shared with another plugin, nor found again by this one.
      agent: false,
      setHost: false,
      maxHeaderSize: limits.headerBytes,
      insecureHTTPParser: false,
      lookup: (_name, options, callback) => {
        const first = allowed[0]
        if (options.all === true || first === undefined) callback(null, [...allowed])
        else callback(null, first.address, first.family)
      },
      ...(target.scheme === 'https'
        ? { rejectUnauthorized: true, servername: isName(host) ? host : '' }
        : {}),
    })
    this.#request = request
    setHeaders(request, web, head.headers)
    this.#listen(request)
    return request
  }

  #listen(request: ClientRequest): void {
    const { head, limits } = this.#parts
    const waitForResponse = () => {
      if (this.#response === undefined)
        this.#arm(head.firstByteTimeoutMs, limits.firstByteTimeoutMs, 'HTTP-response-timeout')
    }
    request.on('socket', (socket) => {
      // What a plugin leaves open does not keep the process alive; a call that waits for it does.
      socket.unref()
      socket.once(this.#parts.web.target.scheme === 'https' ? 'secureConnect' : 'connect', waitForResponse)
    })
    request.on('error', (error) => this.#fail(error))
    request.on('drain', () => this.#changes.notify())
    request.on('close', () => {
      // The connection may close before the plugin has read what arrived whole.
      if (this.#response?.complete !== true) this.#fail(httpError({ tag: 'HTTP-response-incomplete' }))
    })
    request.on('response', (response) => this.#receive(response))
  }

  #receive(response: IncomingMessage): void {
    clearTimeout(this.#timer)
    this.#response = response
    // Paused: what the plugin does not read stays in the kernel and slows the sender down.
    response.on('readable', () => {
      if (response.readableLength === 0) response.read(0)
      this.#changes.notify()
    })
    response.on('end', () => {
      this.#ended = response.complete
      this.#changes.notify()
    })
    response.on('error', () => this.#fail(httpError({ tag: 'HTTP-response-incomplete' })))
    this.#changes.notify()
  }

  async #usable(): Promise<ClientRequest> {
    const request = await this.#started.catch(() => undefined)
    this.#throwFailure()
    return request as ClientRequest
  }

  #arm(
    asked: number | null,
    most: number,
    tag: 'connection-timeout' | 'HTTP-response-timeout' | 'connection-read-timeout',
  ) {
    clearTimeout(this.#timer)
    const fail = () => this.#fail(httpError({ tag }))
    this.#timer = setTimeout(fail, Math.min(asked ?? most, most)).unref()
  }

  /** Also when it has failed: nothing more will change then. */
  #until(condition: () => boolean, signal?: AbortSignal): Promise<void> {
    return this.#changes.until(() => condition() || this.#failure !== undefined, signal)
  }

  #fail(error: unknown): void {
    clearTimeout(this.#timer)
    this.#failure ??= ComponentError.is(error)
      ? (error as ComponentError<HttpErrorCode>)
      : httpError(codeOfNodeError(error))
    this.#request?.destroy()
    this.#changes.notify()
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure
  }
}

export function httpError(code: HttpErrorCode, reason?: string): ComponentError<HttpErrorCode> {
  return new ComponentError(code, reason === undefined ? code.tag : `${code.tag}: ${reason}`)
}

function setHeaders(request: ClientRequest, { target }: WebTarget, headers: FieldList): void {
  const standard = target.port === (target.scheme === 'https' ? 443 : 80)
  const values = new Map<string, string[]>([
    ['host', [standard ? target.host : `${target.host}:${target.port}`]],
  ])
  for (const [name, value] of headers) {
    const key = name.toLowerCase()
    if (isForbiddenField(key)) continue
    values.set(key, [...(values.get(key) ?? []), latin1(value)])
  }
  for (const [name, list] of values) request.setHeader(name, list.length === 1 ? (list[0] ?? '') : list)
}

/** Fields without those of the connection, which has no meaning to the plugin. */
function fieldsOf(raw: readonly string[]): FieldList {
  const fields: [string, Uint8Array][] = []
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase()
    if (!isForbiddenField(name)) fields.push([name, new Uint8Array(Buffer.from(raw[i + 1] ?? '', 'latin1'))])
  }
  return fields
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

function isName(host: string): boolean {
  return !host.includes(':') && !/^[\d.]+$/.test(host)
}
