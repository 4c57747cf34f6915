import type { AnswerPiece, FieldList, HttpErrorCode, HttpEvent, IncomingHead } from '@wasm-plugin/wasi'
import { Changes } from '../changes.js'
import { errors } from '../errors/index.js'
import { type AnswerPart, partOf } from './answer-part.js'
import { AnsweredResponse, type Answering, type HttpResponse } from './answered.js'
import { type AnsweringExchange, httpError } from './exchange.js'
import { fieldList, type HttpField } from './field-bytes.js'
import { checkedFields, type GivenHead, type HttpRequest, headOf } from './given-request.js'
import { LazyHead } from './lazy-head.js'
import { Outcome } from './outcome.js'
import { packHead, partsOf } from './packed.js'
import { RequestBody } from './request-body.js'
import { ResponseBody } from './response-body.js'
import { ResponseCheck } from './response-check.js'

export type OnInformational = (status: number, headers: readonly HttpField[]) => void

interface Parts {
  readonly request: HttpRequest
  readonly onInformational?: OnInformational | undefined
  /** Called when nobody waits for the rest of the response. */
  readonly onCancel: () => void
  /** Nothing is waited for: a body is there however long it is, and what bounds the response is the plugin's. @default false */
  readonly isAtOnce?: boolean
}

/**
 * A request that came in and the response to it. The thread of the plugin holds its number, the application's the bytes:
 * those of the request come as the plugin reads them, those of the response go as the client takes them.
 */
export class IncomingExchange implements AnsweringExchange, Answering {
  readonly use = undefined
  readonly #head: GivenHead
  readonly #request: HttpRequest
  readonly #body: RequestBody
  readonly #out: ResponseBody
  readonly #check: ResponseCheck
  readonly #onInformational: OnInformational | undefined
  readonly #changes = new Changes()
  #isOver = false
  /** Begins the response, which waits for what came with it, or for the outcome of the call. */
  #begin: (() => void) | undefined
  #hasAnswered = false
  #isWhole = false
  #isCancelled = false
  #failure: Error | undefined
  #trailers: readonly HttpField[] = []
  readonly #ended = new Outcome<unknown>()
  readonly #response = new Outcome<HttpResponse>()

  /** @throws {OPTIONS_INVALID} */
  constructor({ request, onInformational, onCancel, isAtOnce = false }: Parts) {
    this.#head = headOf(request, isAtOnce)
    this.#request = request
    this.#check = new ResponseCheck(this.#head.method)
    this.#onInformational = onInformational
    const isWhole = this.#head.body !== undefined
    this.#body = new RequestBody(isWhole ? null : request.body, () => this.#changes.notify())
    this.#out = new ResponseBody({
      mayWait: isAtOnce ? Number.POSITIVE_INFINITY : undefined,
      onTaken: () => this.#changes.notify(),
      onCancel: () => {
        this.#isCancelled = true
        this.#over()
        onCancel()
      },
    })
  }

  /** Settles when the plugin has answered. */
  get response(): Promise<HttpResponse> {
    return this.#response.promise
  }

  /** What the plugin has answered by now. @throws what came in its place */
  get answered(): HttpResponse | undefined {
    return this.#response.now()
  }

  get ended(): Promise<unknown> {
    return this.#ended.promise
  }

  get trailing(): readonly HttpField[] {
    return this.#trailers
  }

  /** As a message has it. */
  get head(): IncomingHead {
    const { method, scheme, authority, path: pathWithQuery, fields, fieldBytes, body } = this.#head
    return { method, scheme, authority, pathWithQuery, fieldBytes, body, headers: fieldList(fields) }
  }

  /** As an instance in this thread has it. */
  get lazyHead(): IncomingHead {
    return new LazyHead(this.#head, () => this.#head.fields)
  }

  /** Whether all of the request is there. */
  get hasWholeRequest(): boolean {
    return this.#head.body !== undefined
  }

  /** Whether all of the response is there. */
  get isWhole(): boolean {
    return this.#isWhole
  }

  /** As shared memory has it; undefined where its body is still to be read. */
  get packed():
    | { readonly head: string; readonly fieldBytes: number; readonly body: Uint8Array }
    | undefined {
    const { fieldBytes, body } = this.#head
    return body && { head: packHead(this.#head), fieldBytes, body }
  }

  get isRead(): boolean {
    return this.#body.isAtEnd && !this.#isBroken
  }

  read(max: number): Uint8Array | null {
    this.#throwBroken()
    return this.#body.read(max)
  }

  async trailers(): Promise<FieldList> {
    // What was not read of the body goes by on the way.
    while (this.read(DISCARD) !== null) await this.whenReady('body')
    return fieldList(checkedFields(this.#request.trailers?.() ?? [], 'trailers').fields)
  }

  isReady(event: HttpEvent): boolean {
    if (this.#isBroken || this.#body.isAtEnd) return true
    if (event === 'body' && this.#body.hasBytes) return true
    this.#body.pull()
    return false
  }

  async whenReady(event: HttpEvent, signal?: AbortSignal): Promise<void> {
    await this.#changes.until(() => this.isReady(event), signal)
  }

  settle(): void {}

  /** The plugin needs no more of the request. */
  close(_reason?: HttpErrorCode): void {
    this.#body.close()
    this.#changes.notify()
  }

  async sent(bytes: number): Promise<number> {
    await this.#changes.until(() => this.#isOver || this.#out.hasRoom(bytes))
    if (this.#isOver) throw httpError({ tag: 'connection-terminated' })
    return this.#out.taken
  }

  /** One that comes alone, of a call that tells its outcome by itself. */
  receiveOne(piece: AnswerPiece): boolean {
    const part = partOf(piece)
    if (part !== undefined && this.#take(part)) return true
    this.#begin = undefined
    return false
  }

  receive(pieces: readonly AnswerPiece[], areLast: boolean): boolean {
    return this.#takeAll(pieces.map(partOf), areLast)
  }

  /** The same of what came by shared memory. */
  receivePacked(answer: unknown, areLast: boolean): boolean {
    return this.#takeAll(partsOf(answer) ?? [undefined], areLast)
  }

  /** Nobody waits for the response any more: the plugin hears of it when it sends or reads on. */
  cancel(error: unknown): void {
    this.#response.reject(error)
    this.#out.abort(error)
  }

  /**
   * The plugin has returned.
   *
   * @throws {HTTP_NO_RESPONSE} {HTTP_REFUSED} {HTTP_RESPONSE_INCOMPLETE}
   * @throws {INPUT_FAILED} where the plugin saw the body of the request fail; what it answered may be whole
   */
  done(): void {
    if (this.#isCancelled) return
    if (this.#body.failure !== undefined)
      throw errors.INPUT_FAILED({ input: 'body' }, this.#body.failure.cause)
    if (this.#isWhole) return
    throw (
      this.#failure ?? (this.#hasAnswered ? errors.HTTP_RESPONSE_INCOMPLETE({}) : errors.HTTP_NO_RESPONSE({}))
    )
  }

  /** The call is over, and failed with `error` if it did. A response that is whole stays so. */
  end(error?: unknown): void {
    this.#over()
    this.#ended.resolve(error)
    if (error === undefined || this.#isWhole) this.#begin?.()
    if (error === undefined) return
    this.#response.reject(error)
    this.#out.fail(error)
  }

  /** The response begins when they are taken: it may have failed by then, or with the call whose last ones they are. */
  #takeAll(parts: readonly (AnswerPart | undefined)[], areLast: boolean): boolean {
    if (!parts.every((part) => part !== undefined && this.#take(part))) {
      this.#begin = undefined
      return false
    }
    if (!areLast && this.#failure === undefined) this.#begin?.()
    return true
  }

  #take(part: AnswerPart): boolean {
    if (!this.#check.allows(part)) return false
    switch (part.kind) {
      case 'informational':
        this.#onInformational?.(part.status, part.fields)
        break
      case 'head':
        this.#answer(part.status, part.fields)
        break
      case 'bytes':
        return this.#out.add(part.bytes)
      case 'end':
        this.#trailers = part.fields
        this.#isWhole = true
        this.#out.end()
        break
      case 'failed':
        this.#failure ??= this.#hasAnswered
          ? errors.HTTP_RESPONSE_INCOMPLETE({})
          : errors.HTTP_REFUSED({ error: part.tag })
    }
    return true
  }

  #answer(status: number, headers: readonly HttpField[]): void {
    this.#hasAnswered = true
    this.#begin = () =>
      this.#response.resolve(new AnsweredResponse({ status, headers, body: this.#out }, this))
  }

  #over(): void {
    this.#isOver = true
    this.#body.close()
    this.#changes.notify()
  }

  get #isBroken(): boolean {
    return this.#isOver || this.#body.isBroken
  }

  #throwBroken(): void {
    if (this.#isBroken) throw httpError({ tag: 'connection-terminated' })
  }
}

const DISCARD = 64 << 10
