import { type FieldList, type IncomingHead, isConnectionField } from '@wasm-plugin/wasi'
import { errors } from '../errors/index.js'

/** A field of a message; the value has one character per byte, as in `node:http` and `fetch`. */
export type HttpField = readonly [name: string, value: string]

/** A request of a client, for a plugin to answer. */
export interface HttpRequest {
  /** @default 'GET' */
  readonly method?: string
  /** Path and query, as the client sent them: nothing is decoded or put in order. */
  readonly path: string
  readonly scheme?: 'http' | 'https'
  /** Host and port, which is what the field `host` says. */
  readonly authority?: string
  /** Those of the connection (`host`, `connection`, `transfer-encoding`, …) are left out. */
  readonly headers?: Iterable<HttpField>
  /** Bytes that are there, or a stream of them, which is read as the plugin reads. @default no body */
  readonly body?: Uint8Array | AsyncIterable<Uint8Array> | null
  /** Asked when the body has ended. @default none */
  readonly trailers?: () => Iterable<HttpField>
}

/** Bytes of a body that is sent with its request. */
const SMALL = 64 << 10
/** Bytes of all fields; servers take less. */
const MAX_FIELDS = 128 << 10
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/

/** What the plugin sees of a request. @throws {OPTIONS_INVALID} */
export function headOf(request: HttpRequest): IncomingHead {
  if (typeof request !== 'object' || request === null) throw invalid('request', 'expected an object')
  const { method = 'GET', path, scheme, authority, headers = [], body, trailers } = request
  if (typeof method !== 'string' || !TOKEN.test(method))
    throw invalid('method', 'expected the name of a method')
  if (typeof path !== 'string' || !/^(\/[!-~]*|\*)$/.test(path))
    throw invalid(
      'path',
      'expected a path that begins with "/", with nothing but visible characters of ASCII',
    )
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https')
    throw invalid('scheme', 'expected "http" or "https"')
  if (authority !== undefined && (typeof authority !== 'string' || !/^[!-~]{0,1000}$/.test(authority)))
    throw invalid('authority', 'expected host and port')
  if (!isBody(body)) throw invalid('body', 'expected a Uint8Array, or something that yields some')
  if (trailers !== undefined && typeof trailers !== 'function')
    throw invalid('trailers', 'expected a function')
  const isWhole = body === undefined || body === null || (isBytes(body) && body.length <= SMALL)
  return {
    method,
    scheme,
    authority: authority === '' ? undefined : authority,
    pathWithQuery: path,
    headers: fieldList(headers, 'headers'),
    body: isWhole && trailers === undefined ? (body?.slice() ?? new Uint8Array()) : undefined,
  }
}

/** @throws {OPTIONS_INVALID} */
export function fieldList(fields: Iterable<HttpField>, where: 'headers' | 'trailers'): FieldList {
  const list: [string, Uint8Array][] = []
  let bytes = 0
  if (typeof fields !== 'object' || typeof fields?.[Symbol.iterator] !== 'function')
    throw invalid(where, 'expected pairs of name and value')
  for (const field of fields) {
    if (!Array.isArray(field)) throw invalid(where, 'expected pairs of name and value')
    const [name, value] = field as HttpField
    if (typeof name !== 'string' || !TOKEN.test(name)) throw invalid(where, 'expected names of fields')
    const key = name.toLowerCase()
    if (isConnectionField(key)) continue
    if (!isFieldValue(value)) throw invalid(`${where}.${key}`, 'expected a text with one character per byte')
    bytes += key.length + value.length
    if (bytes > MAX_FIELDS) throw invalid(where, `expected ${MAX_FIELDS} bytes at most`)
    list.push([key, Uint8Array.from(value, (character) => character.charCodeAt(0))])
  }
  return list
}

/** As the application sees fields of a plugin. */
export function shownFields(fields: FieldList): HttpField[] {
  return fields.map(([name, value]) => [name, latin1(value)])
}

function latin1(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

export function isBytes(body: unknown): body is Uint8Array {
  return body instanceof Uint8Array
}

/** Whether it is bytes, something that yields some, or nothing. */
export function isBody(body: unknown): body is Uint8Array | AsyncIterable<Uint8Array> | null | undefined {
  if (body === undefined || body === null || isBytes(body)) return true
  return (
    typeof body === 'object' &&
    typeof (body as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === 'function'
  )
}

function isFieldValue(value: unknown): value is string {
  return typeof value === 'string' && /^[\t -~\x80-\xff]*$/.test(value)
}

function invalid(path: string, reason: string) {
  return errors.OPTIONS_INVALID({ path: `handle.${path}`, reason })
}
