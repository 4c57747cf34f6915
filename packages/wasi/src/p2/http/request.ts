import { ComponentError } from '@wasm-plugin/runtime'
import { DISPOSE } from '@wasm-plugin/runtime/internal'
import type { FieldList } from '../../protocol/http.js'
import { OutgoingBody, type SentBody, sentBodyOf } from './body.js'
import { type Fields, receivedFields, sealFields } from './fields.js'
import type { HttpObjects } from './link.js'

export type Method = { tag: string; val?: string }
export type Scheme = { tag: 'HTTP' | 'HTTPS' } | { tag: 'other'; val: string }

const failed = () => new ComponentError(undefined, 'not a valid value')

export interface RequestParts {
  readonly method: string
  readonly scheme: string
  readonly authority: string
  readonly pathWithQuery: string
  readonly headers: FieldList
  readonly body: SentBody | undefined
}

/** What the handler sends. */
export let requestParts: (request: OutgoingRequest) => RequestParts

/** `wasi:http/types#outgoing-request`. Everything is checked again when it is sent; here only for an early answer. */
export class OutgoingRequest {
  readonly #headers: Fields
  #method: Method = { tag: 'get' }
  #path: string | undefined
  #scheme: Scheme | undefined
  #authority: string | undefined
  #body: SentBody | undefined
  readonly #objects: HttpObjects
  /** Bytes of path and authority. */
  #taken = 0

  constructor(headers: Fields, objects: HttpObjects) {
    this.#objects = objects
    this.#headers = sealFields(headers)
  }

  body(): OutgoingBody {
    if (this.#body !== undefined) throw failed()
    const body = new OutgoingBody(this.#headers, this.#objects, 'request')
    this.#body = sentBodyOf(body)
    return body
  }

  method(): Method {
    return this.#method
  }

  setMethod(method: Method): void {
    if (method.tag === 'other' && !/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}$/.test(method.val ?? '')) throw failed()
    this.#method = method
  }

  pathWithQuery(): string | undefined {
    return this.#path
  }

  setPathWithQuery(path: string | undefined): void {
    if (path !== undefined && !/^[!-~]*$/.test(path)) throw failed()
    this.#exchange(this.#path, path)
    this.#path = path
  }

  scheme(): Scheme | undefined {
    return this.#scheme
  }

  setScheme(scheme: Scheme | undefined): void {
    if (scheme?.tag === 'other' && !/^[A-Za-z][A-Za-z0-9+.-]{0,31}$/.test(scheme.val)) throw failed()
    this.#scheme = scheme
  }

  authority(): string | undefined {
    return this.#authority
  }

  setAuthority(authority: string | undefined): void {
    if (authority !== undefined && (authority === '' || /[\s/?#@\\]|\p{Cc}/u.test(authority))) throw failed()
    this.#exchange(this.#authority, authority)
    this.#authority = authority
  }

  headers(): Fields {
    return receivedFields(this.#headers.entries(), this.#objects.Fields)
  }

  /** Dropped, or sent: it holds nothing any more. */
  [DISPOSE](): void {
    this.#objects.held.give(this.#taken)
    this.#taken = 0
    this.#headers[DISPOSE]()
    this.#body?.discard()
  }

  #exchange(before = '', after = ''): void {
    if (!this.#objects.held.take(after.length)) throw failed()
    this.#objects.held.give(before.length)
    this.#taken += after.length - before.length
  }

  static {
    requestParts = (request) => {
      const { tag, val } = request.#method
      const scheme = request.#scheme
      return {
        method: tag === 'other' ? (val ?? '') : tag.toUpperCase(),
        scheme:
          scheme === undefined ? 'https' : scheme.tag === 'other' ? scheme.val : scheme.tag.toLowerCase(),
        authority: request.#authority ?? '',
        pathWithQuery: withLeadingSlash(request.#path ?? ''),
        headers: request.#headers.entries(),
        body: request.#body,
      }
    }
  }
}

/** `wasi:http/types#request-options`: times in nanoseconds, `undefined` for the host's own. */
export class RequestOptions {
  #connect: bigint | undefined
  #firstByte: bigint | undefined
  #betweenBytes: bigint | undefined

  connectTimeout(): bigint | undefined {
    return this.#connect
  }

  setConnectTimeout(duration: bigint | undefined): void {
    this.#connect = duration
  }

  firstByteTimeout(): bigint | undefined {
    return this.#firstByte
  }

  setFirstByteTimeout(duration: bigint | undefined): void {
    this.#firstByte = duration
  }

  betweenBytesTimeout(): bigint | undefined {
    return this.#betweenBytes
  }

  setBetweenBytesTimeout(duration: bigint | undefined): void {
    this.#betweenBytes = duration
  }
}

function withLeadingSlash(path: string): string {
  return path === '' || path.startsWith('?') ? `/${path}` : path
}
