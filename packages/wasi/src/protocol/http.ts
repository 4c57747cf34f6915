/**
 * What the plugin's thread and the host's thread say to each other about HTTP. Both ends are ours; values are
 * structured-cloneable. Failures travel as `ComponentError` with an `HttpErrorCode`.
 */

/** `wasi:http/types#error-code`, as far as we answer with it. */
export type HttpErrorCode =
  | { tag: 'DNS-error'; val: { rcode: string | undefined; infoCode: number | undefined } }
  | { tag: 'HTTP-request-body-size'; val: bigint | undefined }
  | { tag: 'HTTP-request-header-section-size'; val: number | undefined }
  | { tag: 'HTTP-request-trailer-section-size'; val: number | undefined }
  | { tag: 'HTTP-response-body-size'; val: bigint | undefined }
  | { tag: 'HTTP-response-header-section-size'; val: number | undefined }
  | { tag: 'internal-error'; val: string | undefined }
  | { tag: PlainHttpError }

/** Cases without a payload. */
export type PlainHttpError =
  | 'DNS-timeout'
  | 'HTTP-protocol-error'
  | 'HTTP-request-URI-invalid'
  | 'HTTP-request-URI-too-long'
  | 'HTTP-request-denied'
  | 'HTTP-request-method-invalid'
  | 'HTTP-response-incomplete'
  | 'HTTP-response-timeout'
  | 'TLS-certificate-error'
  | 'TLS-protocol-error'
  | 'connection-limit-reached'
  | 'connection-read-timeout'
  | 'connection-refused'
  | 'connection-terminated'
  | 'connection-timeout'
  | 'destination-IP-prohibited'
  | 'destination-unavailable'

export type FieldList = readonly (readonly [name: string, value: Uint8Array])[]

export interface RequestHead {
  readonly method: string
  readonly scheme: string
  readonly authority: string
  readonly pathWithQuery: string
  readonly headers: FieldList
  readonly connectTimeoutMs: number | null
  readonly firstByteTimeoutMs: number | null
  readonly betweenBytesTimeoutMs: number | null
}

export interface ResponseHead {
  readonly status: number
  readonly headers: FieldList
}

/** The answer to who asks for a response. */
export interface ResponseAnswer extends ResponseHead {
  /** Whether something of the body, or its end, can be read at once. */
  readonly isReady: boolean
}

/** What there was of a body. */
export interface BodyAnswer {
  /** Empty where nothing has arrived; null at the end. */
  readonly bytes: Uint8Array | null
  /** Nothing comes after it. */
  readonly isLast: boolean
}

/** A request that came in, as a plugin gets it that answers it. */
export interface IncomingHead {
  readonly method: string
  readonly scheme: string | undefined
  readonly authority: string | undefined
  readonly pathWithQuery: string | undefined
  /** Perhaps made when they are asked for first. */
  readonly headers: FieldList
  /** What they count for, see `fieldCost`. */
  readonly fieldBytes: number
  /** The whole body, where it is small and there already; undefined for one that has to be read. */
  readonly body: Uint8Array | undefined
}

/** What a plugin answers to a request that came in. Pieces are sent one after the other, and nobody answers them. */
export type ResponsePiece =
  | { readonly kind: 'informational'; readonly status: number; readonly headers: FieldList }
  | { readonly kind: 'head'; readonly status: number; readonly headers: FieldList }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'end'; readonly trailers: FieldList }
  /** There will be no response, or nothing more of it. */
  | { readonly kind: 'failed'; readonly code: HttpErrorCode }

/** What can be waited for with `io.wait`. */
export type HttpEvent = 'response' | 'body' | 'trailers'

/** Fields that belong to the connection, or that decide where a message ends. */
const OF_CONNECTION = new Set([
  'connection',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Fields by which servers take another method or path than the request line names, which is the one that was checked. */
const OVERRIDES = new Set([
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-original-url',
  'x-rewrite-url',
])

/**
 * Whether the host alone sets a field, so that no plugin can smuggle a second message into the first, nor ask for another
 * thing than was checked. `name` in lower case.
 */
export function isForbiddenField(name: string): boolean {
  return OF_CONNECTION.has(name) || OVERRIDES.has(name)
}

/** Whether a field means nothing behind the connection that it came by. `name` in lower case. */
export function isConnectionField(name: string): boolean {
  return OF_CONNECTION.has(name)
}

/** Whether a response of this status has none, whatever its plugin wrote and its fields say. */
export function hasNoBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304
}

/** Fields that say how a message is framed, routed, read, kept or whose it is: known too late, they are not known. See RFC 9110, 6.5.1. */
const NOT_BEHIND = new Set([
  'age',
  'authorization',
  'cache-control',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'cookie',
  'date',
  'expires',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'location',
  'max-forwards',
  'pragma',
  'range',
  'retry-after',
  'set-cookie',
  'vary',
  'warning',
  'www-authenticate',
])

/** Whether a field may come behind a body. `name` in lower case. */
export function mayTrail(name: string): boolean {
  return !NOT_BEHIND.has(name) && !isForbiddenField(name)
}
