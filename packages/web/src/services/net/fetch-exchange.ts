import { type AllowedRequest, Changes, type HttpExchange, httpError } from '@wasm-plugin/embed/services'
import { ComponentError } from '@wasm-plugin/runtime/errors'
import {
  type FieldList,
  type HttpErrorCode,
  type HttpEvent,
  isForbiddenField,
  type ResponseHead,
  type Use,
} from '@wasm-plugin/wasi'

type Timeouts = 'firstByteTimeoutMs' | 'betweenBytesTimeoutMs'

/**
 * One request and its response, by `fetch`. A browser sends a body when it is whole, tells nothing of a redirect but that
 * there is one, and keeps the headers to itself that a server does not offer to the page.
 */
export class FetchExchange implements HttpExchange {
  readonly #request: AllowedRequest
  readonly #over = new AbortController()
  readonly #changes = new Changes()
  readonly #body: Uint8Array[] = []
  #use: Use | undefined
  #sent = 0
  #received = 0
  #response: Response | undefined
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  /** What has arrived and was not read. */
  #chunk = new Uint8Array()
  #isAtEnd = false
  #failure: ComponentError<HttpErrorCode> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(request: AllowedRequest) {
    this.#request = request
    this.#use = request.use
  }

  get use(): Use | undefined {
    return this.#use
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#throwFailure()
    this.#sent += bytes.length
    if (this.#sent > this.#request.limits.requestBytes)
      this.#fail(httpError({ tag: 'HTTP-request-body-size', val: BigInt(this.#sent) }))
    this.#throwFailure()
    this.#body.push(bytes)
  }

  async end(): Promise<void> {
    this.#throwFailure()
    const { firstByteTimeoutMs, connectTimeoutMs } = this.#request.limits
    this.#arm('firstByteTimeoutMs', firstByteTimeoutMs + connectTimeoutMs, 'HTTP-response-timeout')
    void this.#send().catch((error) => this.#fail(error))
  }

  async response(): Promise<ResponseHead> {
    await this.whenReady('response')
    this.#throwFailure()
    const { status, headers } = this.#response as Response
    return { status, headers: fieldsOf(headers) }
  }

  read(max: number): Uint8Array | null {
    this.#throwFailure()
    if (this.#chunk.length === 0) return this.#isAtEnd ? null : this.#chunk
    const bytes = this.#chunk.slice(0, max)
    this.#chunk = this.#chunk.subarray(max)
    if (this.#chunk.length === 0) this.#pull()
    return bytes
  }

  get isRead(): boolean {
    return this.#failure === undefined && this.#isAtEnd
  }

  /** A browser gives none to a page. */
  async trailers(): Promise<FieldList> {
    while (this.read(Number.POSITIVE_INFINITY) !== null) await this.whenReady('body')
    return []
  }

  isReady(event: HttpEvent): boolean {
    if (this.#failure !== undefined) return true
    if (event === 'response') return this.#response !== undefined
    return this.#isAtEnd || (event === 'body' && this.#chunk.length > 0)
  }

  async whenReady(event: HttpEvent, signal?: AbortSignal): Promise<void> {
    const waits = event !== 'response' && !this.isReady(event)
    if (waits)
      this.#arm(
        'betweenBytesTimeoutMs',
        this.#request.limits.betweenBytesTimeoutMs,
        'connection-read-timeout',
      )
    await this.#changes.until(() => this.isReady(event), signal)
    if (waits) clearTimeout(this.#timer)
  }

  settle(): void {}

  close(reason: HttpErrorCode = { tag: 'connection-terminated' }): void {
    this.#fail(httpError(reason))
  }

  async #send(): Promise<void> {
    const { web, head, limits } = this.#request
    const { scheme, host, port, method, path } = web.target
    const url = new URL(`${scheme}://${host}:${port}${web.wirePath}`)
    // What is sent is what was checked, however the browser reads it.
    if (url.pathname !== path) throw httpError({ tag: 'HTTP-request-URI-invalid' })
    const response = await fetch(url, {
      method,
      headers: headersOf(head.headers),
      ...(this.#sent === 0 ? {} : { body: new Blob(this.#body as Uint8Array<ArrayBuffer>[]) }),
      redirect: 'manual',
      // Neither cookies nor a question for a password: the plugin is not the person at the page.
      credentials: 'omit',
      window: null,
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
      mode: 'cors',
      signal: this.#over.signal,
    })
    this.#body.length = 0
    clearTimeout(this.#timer)
    if (response.type === 'opaqueredirect')
      throw httpError({
        tag: 'internal-error',
        val: 'the answer is a redirect, and a browser does not say where to',
      })
    const size = sizeOf(fieldsOf(response.headers))
    if (size > limits.headerBytes) throw httpError({ tag: 'HTTP-response-header-section-size', val: size })
    this.#response = response
    this.#reader = response.body?.getReader()
    this.#changes.notify()
    this.#pull()
  }

  /** Gets the next bytes; what the plugin does not read slows the sender down. */
  #pull(): void {
    if (this.#reader === undefined) this.#end()
    else
      this.#reader.read().then(
        ({ done, value }) => (done ? this.#end() : this.#take(value as Uint8Array<ArrayBuffer>)),
        () => this.#fail(httpError({ tag: 'HTTP-response-incomplete' })),
      )
  }

  #take(bytes: Uint8Array<ArrayBuffer>): void {
    this.#received += bytes.length
    this.#chunk = bytes
    if (this.#received > this.#request.limits.responseBytes)
      this.#fail(httpError({ tag: 'HTTP-response-body-size', val: BigInt(this.#received) }))
    else if (bytes.length === 0) this.#pull()
    else this.#changes.notify()
  }

  #end(): void {
    this.#isAtEnd = true
    this.#release()
  }

  #arm(which: Timeouts, most: number, tag: 'HTTP-response-timeout' | 'connection-read-timeout'): void {
    clearTimeout(this.#timer)
    const ms = Math.min(this.#request.head[which] ?? most, most)
    this.#timer = setTimeout(() => this.#fail(httpError({ tag })), ms)
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return
    // What a browser says of a request that failed is one sentence for all of them.
    this.#failure = ComponentError.is(error)
      ? (error as ComponentError<HttpErrorCode>)
      : httpError({ tag: 'destination-unavailable' })
    this.#chunk = new Uint8Array()
    this.#body.length = 0
    this.#over.abort()
    this.#release()
  }

  #release(): void {
    clearTimeout(this.#timer)
    this.#use = undefined
    this.#request.onOver()
    this.#changes.notify()
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure
  }
}

function headersOf(fields: FieldList): Headers {
  const headers = new Headers()
  try {
    for (const [name, value] of fields)
      if (!isForbiddenField(name.toLowerCase())) headers.append(name, latin1(value))
  } catch {
    throw httpError({ tag: 'HTTP-protocol-error' })
  }
  return headers
}

/** The body is decoded when it arrives here, so what says how it was encoded is about nothing. */
const ENCODING = new Set(['content-encoding', 'content-length'])

function fieldsOf(headers: Headers): FieldList {
  const isEncoded = headers.has('content-encoding')
  return [...headers]
    .filter(([name]) => !isForbiddenField(name) && !(isEncoded && ENCODING.has(name)))
    .map(([name, value]) => [name, Uint8Array.from(value, (char) => char.charCodeAt(0))])
}

function sizeOf(fields: FieldList): number {
  return fields.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0)
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
}
