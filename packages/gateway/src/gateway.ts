import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Host } from '@wasm-plugin/host'
import { Answering, type AnsweringOwner } from './answering.js'
import { ask } from './ask.js'
import type { Asked } from './http/answer.js'
import { clientSignal } from './http/client-signal.js'
import { type Failure, failures } from './http/failure.js'
import { askedByFetch, responseOf } from './http/fetch.js'
import type { Proxies } from './http/forwarded.js'
import { framingOf } from './http/framing.js'
import { askedBy, passRest, send } from './http/node.js'
import { answerOf } from './http/refusal.js'
import type { AccessEntry } from './log/access-entry.js'
import { Metrics } from './metrics/metrics.js'
import type { LiveRoute, RouteTable } from './routes/table.js'

export interface GatewayParts {
  readonly host: Pick<Host, 'plugins'>
  readonly routes: readonly LiveRoute[]
  readonly table: RouteTable
  readonly proxies: Proxies
  readonly onAnswered: ((entry: AccessEntry) => void) | undefined
}

export interface DrainOptions {
  /** Milliseconds that requests may go on. @default 0 */
  drainMs?: number
}

/** Routes that plugins answer. Made by `createGateway`. */
export class Gateway {
  readonly #parts: GatewayParts
  readonly #metrics = new Metrics()
  /** Of the requests of this gateway, whose numbers follow. */
  readonly #prefix = randomBytes(4).toString('hex')
  #asked = 0
  /** Those of `fetch` that are being answered. */
  readonly #held = new Set<Request>()
  /** Connections that end with a request which they have brought. */
  readonly #ending = new WeakSet<Socket>()
  #inside = 0
  #onEmpty: (() => void) | undefined
  #closed: Promise<void> | undefined
  readonly #owner: AnsweringOwner = {
    clientOf: ({ direct, fields }) => this.#parts.proxies.originOf(direct, fields).client,
    over: (entry) => {
      if (entry !== undefined) this.#log(entry)
      if (--this.#inside === 0) this.#onEmpty?.()
    },
  }

  /** @internal Use `createGateway`. */
  constructor(parts: GatewayParts) {
    this.#parts = parts
  }

  /** Whether every route is answered: false from the call of `close`, or where the plugin of a route was closed by itself. */
  get isReady(): boolean {
    if (!this.#isOpen) return false
    const { plugins } = this.#parts.host
    return this.#parts.routes.every(({ plugin }) => plugins.get(plugin.name) === plugin)
  }

  get #isOpen(): boolean {
    return this.#closed === undefined
  }

  /** Requests that are being answered. */
  get inside(): number {
    return this.#inside
  }

  /** What was counted of its requests and its plugins, in the text format of Prometheus. */
  metrics(): string {
    return this.#metrics.text(this.#parts.routes, this.#inside)
  }

  /**
   * For `node:http`, as `createServer(gateway.handler)`, and for Express, where a request without a route goes on to whatever
   * comes `next`. What reads bodies comes after it: the plugin reads them.
   */
  readonly handler = (request: IncomingMessage, response: ServerResponse, next?: () => void): void => {
    if (!this.#ending.has(request.socket)) void this.#serve(request, response, next)
  }

  /** For servers that speak `fetch`. `client` is the address that the request came from. */
  async fetch(request: Request, { client = '' }: { client?: string } = {}): Promise<Response> {
    const asked = askedByFetch(request, client)
    // Its signal follows that of the application only while it is in memory.
    this.#held.add(request)
    const answering = await this.#answer(asked)
    const { answer } = answering
    void answer.response.ended.then(() => this.#held.delete(request))
    let isOver = false
    return responseOf(answer, request.method, (bytes, error) => {
      if (!isOver) answering.over(bytes, error)
      isOver = true
    })
  }

  /**
   * Answers no more requests. Those that are being answered may go on for `drainMs`; then their plugins end, and those of
   * every route. Idempotent: the first call decides.
   */
  close({ drainMs = 0 }: DrainOptions = {}): Promise<void> {
    this.#closed ??= this.#close(drainMs)
    return this.#closed
  }

  async #serve(request: IncomingMessage, response: ServerResponse, next?: () => void): Promise<void> {
    const { isLast, refusal } = framingOf(request)
    if (isLast) this.#ending.add(request.socket)
    const signal = clientSignal(request, response)
    const answering = await this.#answer(askedBy(request, response, signal), refusal)
    const { answer } = answering
    if (next !== undefined && answer.failure === failures.noRoute) {
      answering.over(0, undefined, false)
      next()
      return
    }
    if (response.destroyed || signal.aborted) return answering.over(0)
    // A client whose server is about to end asks elsewhere.
    if (isLast || !this.#isOpen) response.shouldKeepAlive = false
    let error: unknown
    const sent = { bytes: 0 }
    try {
      await send(response, answer, { sent, signal })
    } catch (thrown) {
      // A response that breaks off must not look as if it were whole.
      if (response.headersSent) {
        error = thrown
        response.destroy()
      } else await send(response, answering.refuse(thrown), { sent, signal })
    }
    passRest(request)
    answering.over(sent.bytes, error)
  }

  async #answer(
    asked: Asked,
    refusal: Failure | undefined = this.#isOpen ? undefined : failures.closing,
  ): Promise<Answering> {
    const id = `${this.#prefix}-${(++this.#asked).toString(36)}`
    this.#inside++
    const answering = new Answering(id, asked, this.#owner)
    answering.answer = refusal === undefined ? await ask(this.#parts, asked, id) : answerOf(refusal, id)
    return answering
  }

  #log(entry: AccessEntry): void {
    this.#metrics.count(entry)
    try {
      this.#parts.onAnswered?.(entry)
    } catch {
      // A log that cannot be written keeps nobody from an answer.
    }
  }

  async #close(drainMs: number): Promise<void> {
    // It is not open any more by now: nothing more comes in.
    await Promise.resolve()
    if (this.#inside > 0 && drainMs > 0) await this.#empty(drainMs)
    await Promise.all(this.#parts.routes.map(({ plugin }) => plugin.close()))
  }

  #empty(drainMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, drainMs)
      this.#onEmpty = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
