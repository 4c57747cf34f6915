import { transportErrors as errors } from '../errors/index.js'
import { Authority } from './authority.js'
import { dispatcherOf } from './dispatcher.js'
import { originOf } from './host.js'
import { type OciOptions, RETRY, type RetryRules, TIMEOUTS, type Timeouts } from './options.js'
import { redirectOf } from './redirect.js'
import { refusalOf } from './refusal.js'
import { isBusy, isPassing, pause, pauseOf } from './retry.js'
import { type Answer, type Ask, Wire } from './wire.js'

export interface Request extends Omit<Ask, 'url'> {
  /** Below the repository, such as `tags/list`, or an address that the registry has given. */
  readonly to: string | URL
  /** What it is for, as a message has it: "reading the manifest 1.0.0". */
  readonly action: string
  /** Statuses that are answers. Any other is an error. */
  readonly ok: readonly number[]
  readonly signal?: AbortSignal | undefined
  /** Another repository that has to be readable too. */
  readonly alsoReads?: string | undefined
  /** What is asked of the registry's token server. Default: to read the repository, or to write it too. */
  readonly scope?: string | undefined
  /** Take redirects as answers. */
  readonly stays?: boolean | undefined
  /** Leave failures to the caller, who goes on where the request broke off. */
  readonly isTriedOnce?: boolean | undefined
}

/** Speaks with one repository of a registry: authorised, redirected and repeated as far as each may be. */
export class Client {
  readonly registry: string
  readonly path: string
  readonly retry: RetryRules
  readonly #origin: URL
  readonly #authority: Authority
  readonly #timeouts: Timeouts
  readonly #dispatcher: ReturnType<typeof dispatcherOf>

  constructor(registry: string, path: string, options: OciOptions) {
    this.registry = registry
    this.path = path
    this.retry = { ...RETRY, ...options.retry }
    this.#timeouts = { ...TIMEOUTS, ...options.timeouts }
    this.#origin = originOf(registry, options.plainHttp)
    this.#authority = new Authority(registry, this.#origin, options.credentials)
    this.#dispatcher = dispatcherOf(options, this.#timeouts.connectMs)
  }

  /**
   * @throws {REGISTRY_UNREACHABLE}, {REGISTRY_DENIED}, {REGISTRY_REFUSED}, {REGISTRY_BUSY}, {REGISTRY_REDIRECT_REFUSED} and
   * {REGISTRY_REALM_REFUSED}
   */
  async send(request: Request): Promise<Answer> {
    const wire = this.#wire(request.signal)
    const url = typeof request.to === 'string' ? this.urlOf(request.to) : request.to
    const answer = await this.#persist(
      (ask) => this.#authorised(ask, request, wire),
      { ...request, url },
      request.isTriedOnce ? 1 : this.retry.attempts,
      request.signal,
    )
    if (request.ok.includes(answer.status)) return answer
    const { registry } = this
    throw await refusalOf(answer, wire, {
      registry,
      action: request.action,
      secrets: this.#authority.secrets(),
    })
  }

  /** All bytes of an answer. @throws {CONTENT_TOO_LARGE} */
  async bytes(answer: Answer, what: string, max: number, signal?: AbortSignal): Promise<Buffer> {
    return await this.#wire(signal).bytes(answer, what, max)
  }

  /** A JSON object. @throws {REGISTRY_ANSWER_INVALID} */
  async document(answer: Answer, what: string, signal?: AbortSignal): Promise<Record<string, unknown>> {
    return await this.#wire(signal).document(answer, what)
  }

  urlOf(below: string): URL {
    return new URL(`/v2/${this.path}/${below}`, this.#origin)
  }

  /** An address of the registry that is of no repository. */
  rootOf(below: string): URL {
    return new URL(below, this.#origin)
  }

  /** Whether an address that an answer has is the registry's own. */
  isOwn(url: URL): boolean {
    return url.origin === this.#origin.origin
  }

  #wire(signal: AbortSignal | undefined): Wire {
    return new Wire(this.registry, this.#dispatcher, this.#timeouts, signal)
  }

  /** Sends it again while the registry is busy or the connection breaks. */
  async #persist(
    send: (ask: Ask) => Promise<Answer>,
    ask: Ask,
    attempts: number,
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const { answer, error } = await send(ask).then(
        (answer) => ({ answer, error: undefined }),
        (error: unknown) => ({ answer: undefined, error }),
      )
      const isWorthIt = answer === undefined ? isPassing(error) : isBusy(answer)
      const ms = isWorthIt && attempt < attempts ? pauseOf(attempt, this.retry, answer) : undefined
      if (ms === undefined) {
        if (answer === undefined) throw error
        return answer
      }
      await answer?.drop()
      await pause(ms, signal)
    }
  }

  /** Follows redirects; the registry alone gets to see who we are, and once more if that is not enough. */
  async #authorised(ask: Ask, request: Request, wire: Wire): Promise<Answer> {
    const scope = request.scope ?? this.#scopeOf(request)
    let { url } = ask
    let renewals = 0
    for (let hops = 0; hops < MAX_HOPS; hops++) {
      const authorization = this.isOwn(url) ? this.#authority.header(scope) : undefined
      const headers = { ...ask.headers, ...(authorization !== undefined && { authorization }) }
      const answer = await wire.once({ ...ask, url, headers })
      if (answer.status === 401 && this.isOwn(url) && renewals < MAX_RENEWALS) {
        renewals++
        await answer.drop()
        const send = (ask: Ask) =>
          this.#persist((ask) => wire.once(ask), ask, this.retry.attempts, request.signal)
        await this.#authority.renew(answer, authorization, scope, {
          send,
          document: wire.document.bind(wire),
        })
        continue
      }
      const next = request.stays ? undefined : redirectOf(answer, ask, this.registry)
      if (next === undefined) return answer
      await answer.drop()
      url = next
    }
    throw errors.REGISTRY_REDIRECT_REFUSED({
      registry: this.registry,
      to: url.origin,
      reason: 'there are too many redirects',
    })
  }

  #scopeOf({ method, alsoReads }: Request): string {
    const rights = method === 'GET' || method === 'HEAD' ? 'pull' : 'pull,push'
    const other = alsoReads === undefined ? '' : ` repository:${alsoReads}:pull`
    return `repository:${this.path}:${rights}${other}`
  }
}

const MAX_HOPS = 8
/** One for a token that has run out, and one for a registry that asks only after it has seen it. */
const MAX_RENEWALS = 2
