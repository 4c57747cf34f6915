import type { AnswerPiece, FieldList, HttpErrorCode, HttpEvent, IncomingHead } from '@wasm-plugin/wasi'
import { Changes } from '../changes.js'
import { errors } from '../errors/index.js'
import { type AnswerPart, partOf } from './answer-part.js'
import { type AnsweringExchange, httpError } from './exchange.js'
import { fieldList, type HttpField } from './field-bytes.js'
import { checkedFields, type GivenHead, type HttpRequest, headOf } from './given-request.js'
import { headWith } from './lazy-head.js'
import { packHead, partsOf } from './packed.js'
import { RequestBody } from './request-body.js'
import { ResponseBody } from './response-body.js'
import { ResponseCheck } from './response-check.js'

/** What a plugin answered. */
export interface HttpResponse {
  readonly status: number
  /** In the order in which the plugin has them, names in lower case; a name may be there more than once. */
  readonly headers: readonly HttpField[]
  /** To be read once, while the plugin writes; a plugin that is faster waits. Who stops reading ends the call. */
  readonly body: AsyncIterable<Uint8Array>
  /** The whole body, where nothing of it was read; then nothing is left to be read. */
  whole(): Uint8Array | undefined
  /** Whether the plugin has finished it: what becomes of the call takes nothing of it any more. */
  readonly isWhole: boolean
  /** Those that came after the body, once it was read. */
  trailers(): readonly HttpField[]
  /** Resolves when the call is over, with what it failed with: a body that nobody reads at the moment does not tell. */
  readonly ended: Promise<unknown>
}

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
export class IncomingExchange implements AnsweringExchange {
  readonly use = undefined
  readonly #head: GivenHead
  /** Settles when the plugin has answered. */
  readonly response: Promise<HttpResponse>

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
  readonly #ended: Promise<unknown>
  #endWith!: (error: unknown) => void
  #settle!: { resolve: (response: HttpResponse) => void; reject: (error: unknown) => void }

  /** @throws {OPTIONS_INVALID} */
  constructor({ request, onInformational, onCancel, isAtOnce = false }: Parts) {
    this.#head = headOf(request, isAtOnce)
    this.#request = request
    this.#check = new ResponseCheck(this.#head.method)
    this.#onInformational = onInformational
    const isWhole = this.#head.body !== undefined
    this.#body = new RequestBody(isWhole ? null : request.body, () => this.#changes.notify())
    this.#out = new ResponseBody({
      ...(isAtOnce && { mayWait: Number.POSITIVE_INFINITY }),
      onTaken: () => this.#changes.notify(),
      onCancel: () => {
        this.#isCancelled = true
        this.#over()
        onCancel()
      },
    })
    this.response = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
    this.#ended = new Promise((resolve) => {
      this.#endWith = resolve
    })
    // Whoever cancelled it does not wait for it.
    this.response.catch(() => {})
  }

  /** As a message has it. */
  get head(): IncomingHead {
    return headWith(this.#head, () => this.#head.fields)
  }

  /** Whether all of it is there. */
  get isWhole(): boolean {
    return this.#head.body !== undefined
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

  receive(pieces: readonly AnswerPiece[], areLast: boolean): boolean {
    return this.#takeAll(pieces.map(partOf), areLast)
  }

  /** The same of what came by shared memory. */
  receivePacked(answer: unknown, areLast: boolean): boolean {
    return this.#takeAll(partsOf(answer) ?? [undefined], areLast)
  }

  /** Nobody waits for the response any more: the plugin hears of it when it sends or reads on. */
  cancel(error: unknown): void {
    this.#settle.reject(error)
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
    this.#endWith(error)
    if (error === undefined || this.#isWhole) this.#begin?.()
    if (error === undefined) return
    this.#settle.reject(error)
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
    const body = this.#out
    const isWhole = () => this.#isWhole
    this.#begin = () =>
      this.#settle.resolve({
        ...{ status, headers, body },
        whole: () => body.takeWhole(),
        get isWhole() {
          return isWhole()
        },
        trailers: () => this.#trailers,
        ended: this.#ended,
      })
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
