import type { HttpField } from '@wasm-plugin/host'
import { errors } from '../errors/index.js'

/** Bytes in which the empty line has to be that ends a head. */
export const MAX_HEAD = 64 << 10

/** What a program says of its response. */
export interface Head {
  readonly status: number
  /** In its order, with what is there twice. */
  readonly fields: readonly HttpField[]
  /** What it says of the length of the body. */
  readonly length: number | undefined
  /** Where the body begins. */
  readonly end: number
}

/** Those of the connection, which is the server's. */
const OF_CONNECTION = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
])
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/
const VALUE = /^[\t -~\x80-\xff]*$/

/**
 * Reads the head of a response of CGI/1.1: lines until the first empty one, of which those without a colon are nobody's.
 *
 * @param isWagi Whether it has to have a type, a status or a location, as WAGI wants it.
 * @throws {CGI_RESPONSE_INVALID}
 */
export function parseHead(bytes: Uint8Array, isWagi: boolean): Head {
  const found = endOf(bytes)
  if (found === undefined) throw invalid('there is no empty line that ends its head')
  const text = latin1(bytes.subarray(0, found.at))
  const all = text.split('\n').flatMap(fieldOf)
  const only = (name: string) => {
    const values = all.filter(([key]) => key === name).map(([, value]) => value)
    if (new Set(values).size > 1) throw invalid(`it has more than one \`${name}\``)
    return values[0]
  }
  const [status, location, type] = [only('status'), only('location'), only('content-type')]
  if (isWagi && status === undefined && location === undefined && type === undefined)
    throw invalid('it has neither `content-type` nor `status` nor `location`')
  const length = only('content-length')
  if (length !== undefined && !/^\d{1,15}$/.test(length)) throw invalid('its `content-length` is no number')
  return {
    status: status === undefined ? (location === undefined ? 200 : 302) : statusOf(status),
    fields: all.filter(
      ([name]) => name !== 'status' && name !== 'content-length' && !OF_CONNECTION.has(name),
    ),
    length: length === undefined ? undefined : Number(length),
    end: found.after,
  }
}

/** The first empty line; lines end with or without a carriage return. */
function endOf(bytes: Uint8Array): { at: number; after: number } | undefined {
  for (let start = 0; start < Math.min(bytes.length, MAX_HEAD); ) {
    const end = bytes.indexOf(LF, start)
    if (end === -1) return undefined
    if (end === start || (end === start + 1 && bytes[start] === CR)) return { at: start, after: end + 1 }
    start = end + 1
  }
  return undefined
}

const LF = 10
const CR = 13

function fieldOf(line: string): HttpField[] {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line
  const colon = text.indexOf(':')
  if (colon === -1) return []
  const name = text.slice(0, colon).trim()
  const value = text.slice(colon + 1).trim()
  if (!NAME.test(name) || !VALUE.test(value)) throw invalid('a field of it is none of HTTP')
  return [[name.toLowerCase(), value]]
}

/** What comes after the number is for people. */
function statusOf(text: string): number {
  const status = /^([2-5]\d\d)(?:\s|$)/.exec(text)?.[1]
  if (status === undefined) throw invalid('its `status` is no number from 200 to 599')
  return Number(status)
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

function invalid(reason: string) {
  return errors.CGI_RESPONSE_INVALID({ reason })
}
