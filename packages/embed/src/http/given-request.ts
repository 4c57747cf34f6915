import { type FieldList, fieldCost, isConnectionField, MAX_FIELDS, mayTrail } from '@wasm-plugin/wasi'
import { errors } from '../errors/index.js'
import { type HttpField, isBytes, latin1 } from './field-bytes.js'

/** A request of a client, for a plugin to answer. */
export interface HttpRequest {
  /** @default 'GET' */
  readonly method?: string
  /** Path and query, as the client sent them: nothing is decoded or put in order. */
  readonly path: string
  readonly scheme?: 'http' | 'https'
  /** Host and port, which is what the field `host` says. */
  readonly authority?: string | undefined
  /** Those of the connection (`host`, `connection`, `transfer-encoding`, …) are left out. */
  readonly headers?: Iterable<HttpField>
  /** Bytes that are there, or a stream of them, which is read as the plugin reads. @default no body */
  readonly body?: Uint8Array | AsyncIterable<Uint8Array> | null
  /** Asked when the body has ended. @default none */
  readonly trailers?: (() => Iterable<HttpField>) | undefined
}

/** Bytes of a body that is sent with its request. */
const SMALL = 64 << 10
/** Bytes of all fields; servers take less. */
const MAX_FIELDS_BYTES = 128 << 10
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/

/** What the plugin sees of a request. */
export interface GivenHead {
  readonly method: string
  readonly scheme: string | undefined
  readonly authority: string | undefined
  readonly path: string
  readonly fields: readonly HttpField[]
  readonly fieldBytes: number
  /** The whole body, where it goes with the head. */
  readonly body: Uint8Array | undefined
}

const EMPTY = new Uint8Array()

/** @param takesAll whether a body of bytes goes with its head however long it is. @throws {OPTIONS_INVALID} */
export function headOf(request: HttpRequest, takesAll = false): GivenHead {
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
  const isWhole = body === undefined || body === null || (isBytes(body) && (takesAll || body.length <= SMALL))
  const { fields, fieldBytes } = checkedFields(headers, 'headers')
  return {
    method,
    scheme,
    authority: authority === '' ? undefined : authority,
    path,
    fields,
    fieldBytes,
    body: isWhole && (takesAll || trailers === undefined) ? (body?.slice() ?? EMPTY) : undefined,
  }
}

/** @throws {OPTIONS_INVALID} */
export function checkedFields(
  fields: Iterable<HttpField>,
  where: 'headers' | 'trailers',
): Pick<GivenHead, 'fields' | 'fieldBytes'> {
  const list: HttpField[] = []
  let bytes = 0
  let cost = 0
  if (typeof fields !== 'object' || typeof fields?.[Symbol.iterator] !== 'function')
    throw invalid(where, 'expected pairs of name and value')
  for (const field of fields) {
    if (!Array.isArray(field)) throw invalid(where, 'expected pairs of name and value')
    const [name, value] = field as HttpField
    if (typeof name !== 'string' || !TOKEN.test(name)) throw invalid(where, 'expected names of fields')
    const key = name.toLowerCase()
    if (where === 'trailers' ? !mayTrail(key) : isConnectionField(key)) continue
    if (!isFieldValue(value)) throw invalid(`${where}.${key}`, 'expected a text with one character per byte')
    bytes += key.length + value.length
    if (bytes > MAX_FIELDS_BYTES) throw invalid(where, `expected ${MAX_FIELDS_BYTES} bytes at most`)
    cost += fieldCost(key, value)
    list.push([key, value])
  }
  return { fields: list, fieldBytes: cost }
}

/** As the application sees fields of a plugin; undefined for what are none. */
export function shownFields(fields: FieldList): HttpField[] | undefined {
  if (!Array.isArray(fields) || fields.length > MAX_FIELDS) return undefined
  const shown: HttpField[] = []
  for (const field of fields as FieldList) {
    const [name, value] = Array.isArray(field) ? field : []
    if (typeof name !== 'string' || !isBytes(value) || value.length > MAX_FIELDS_BYTES) return undefined
    shown.push([name, latin1(value)])
  }
  return shown
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
