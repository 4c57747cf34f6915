import { transportErrors as errors } from '../errors/index.js'
import { parseChallenge } from './challenge.js'
import { basicHeader, type Credentials, secretsOf } from './credentials.js'
import { isLoopback } from './host.js'
import type { OciOptions } from './options.js'
import type { Answer, Ask } from './wire.js'

interface Token {
  readonly header: string
  /** `performance.now()` at which a new one is asked for. */
  readonly until: number
}

/** What an authority needs of whoever speaks with the registry: requests that are repeated, but never authorised. */
export interface Courier {
  send(ask: Ask): Promise<Answer>
  document(answer: Answer, what: string): Promise<Record<string, unknown>>
}

/** Answers what a registry asks for: with a password, or with a token that its token server gives for one scope. */
export class Authority {
  readonly #registry: string
  readonly #origin: URL
  readonly #source: OciOptions['credentials']
  /** What the source has given, once it was asked. */
  #credentials: Credentials | undefined
  #asked: Promise<void> | undefined
  readonly #tokens = new Map<string, Token>()
  /** Set once the registry has asked for it. */
  #basic: string | undefined

  constructor(registry: string, origin: URL, source: OciOptions['credentials']) {
    this.#registry = registry
    this.#origin = origin
    this.#source = source
  }

  /** What no message may have. */
  secrets(): string[] {
    return [...secretsOf(this.#credentials), ...[...this.#tokens.values()].map(({ header }) => bare(header))]
  }

  /** The header for a scope, as far as it is known; `undefined` before the registry has asked. */
  header(scope: string): string | undefined {
    if (this.#credentials?.kind === 'bearer') return `Bearer ${this.#credentials.token}`
    const token = this.#tokens.get(scope)
    return this.#basic ?? (token && token.until > performance.now() ? token.header : undefined)
  }

  /**
   * Makes another header for a scope than the one that was refused.
   *
   * @throws {REGISTRY_DENIED} and {REGISTRY_REALM_REFUSED}
   */
  async renew(refused: Answer, sent: string | undefined, scope: string, courier: Courier): Promise<void> {
    this.#asked ??= this.#ask()
    await this.#asked
    const challenge = parseChallenge(refused.headers['www-authenticate'])
    if (challenge === undefined) throw this.#denied('it does not say how to log in')
    if (this.#credentials?.kind === 'bearer') {
      if (sent !== undefined) throw this.#denied('it refuses the token that is configured')
      return
    }
    if (challenge.scheme === 'basic') {
      if (this.#credentials?.kind !== 'password') throw this.#denied('it wants a user name and a password')
      if (sent !== undefined && sent === this.#basic)
        throw this.#denied('it refuses the user name and the password')
      this.#basic = basicHeader(this.#credentials)
      return
    }
    const realm = this.#checkRealm(challenge.realm)
    this.#tokens.set(scope, await this.#askForToken(realm, challenge.service, scope, courier))
  }

  async #ask(): Promise<void> {
    this.#credentials = typeof this.#source === 'function' ? await this.#source() : this.#source
  }

  async #askForToken(
    realm: URL,
    service: string | undefined,
    scope: string,
    courier: Courier,
  ): Promise<Token> {
    const credentials = this.#credentials
    const url = new URL(realm)
    const form = new URLSearchParams()
    const parameters = credentials?.kind === 'identity' ? form : url.searchParams
    if (service !== undefined) parameters.set('service', service)
    if (credentials?.kind === 'identity') {
      parameters.set('grant_type', 'refresh_token')
      parameters.set('client_id', 'wasm-plugin')
      parameters.set('refresh_token', credentials.token)
      if (scope !== '') parameters.set('scope', scope)
    } else for (const one of scope.split(' ')) if (one !== '') parameters.append('scope', one)
    const isForm = credentials?.kind === 'identity'
    const answer = await courier.send({
      method: isForm ? 'POST' : 'GET',
      url,
      headers: {
        ...(isForm && { 'content-type': 'application/x-www-form-urlencoded' }),
        ...(credentials?.kind === 'password' && { authorization: basicHeader(credentials) }),
      },
      body: isForm ? () => Buffer.from(form.toString()) : undefined,
    })
    if (answer.status === 401 || answer.status === 403) {
      await answer.drop()
      throw this.#denied(
        credentials === undefined ? 'it wants a log-in' : 'it refuses the credentials that are configured',
      )
    }
    return this.#readToken(await courier.document(answer, 'a token'))
  }

  #readToken(document: Record<string, unknown>): Token {
    const token = document.token ?? document.access_token
    if (typeof token !== 'string' || !/^[\x21-\x7e]{1,16384}$/.test(token))
      throw errors.REGISTRY_ANSWER_INVALID({
        registry: this.#registry,
        what: 'a token',
        reason: 'there is none in it',
      })
    const { expires_in: seconds } = document
    const lasts =
      typeof seconds === 'number' && seconds > 0 ? Math.min(seconds, MAX_SECONDS) : DEFAULT_SECONDS
    return { header: `Bearer ${token}`, until: performance.now() + lasts * 1_000 * USED }
  }

  /**
   * Whom a registry sends us to with our credentials: to anybody, as long as both speak https, so that nobody in between
   * has said it. One that speaks http names its own host alone.
   */
  #checkRealm(text: string): URL {
    const realm = URL.canParse(text) ? new URL(text) : undefined
    const isPlain = this.#origin.protocol === 'http:'
    const isFine =
      realm !== undefined &&
      realm.username === '' &&
      realm.password === '' &&
      (isPlain
        ? realm.hostname === this.#origin.hostname && /^https?:$/.test(realm.protocol)
        : realm.protocol === 'https:' && !isLoopback(realm.hostname))
    if (!isFine)
      throw errors.REGISTRY_REALM_REFUSED({ registry: this.#registry, realm: realm?.origin ?? text })
    return realm
  }

  #denied(reason: string): Error {
    return errors.REGISTRY_DENIED({ registry: this.#registry, reason })
  }
}

function bare(header: string): string {
  return header.slice(header.indexOf(' ') + 1)
}

/** What the specification of tokens says where the server does not. */
const DEFAULT_SECONDS = 60
const MAX_SECONDS = 24 * 60 * 60
/** The part of its time in which a token is used: a request takes time, and clocks differ. */
const USED = 0.8
