import { errors } from '../errors/index.js'
import type { PluginSource } from '../plugin-source.js'
import type { SourcePort } from '../ports.js'
import { inTurns } from '../turn.js'
import { checkSize } from './collect.js'
import { isPluginName, namedBytes, nameInReference } from './named-source.js'
import type { ReadOptions } from './read-options.js'
import { fetchBytes, isWebUrl, nameInUrl, responseBytes } from './web-source.js'

export interface LoadedSource {
  /** Private to the host: a caller's later write to its own buffer changes nothing. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** `sha256:` and 64 hex digits, of exactly these bytes. */
  readonly digest: string
  /** Name to fall back on. */
  readonly label: string
  /** Who signed it, by the word of the registry that it is from. */
  readonly signer: string | undefined
}

/** What a source is called before it was read. Never throws. */
export function labelOf(source: PluginSource, port: SourcePort): string {
  if (isResponse(source)) return source.url === '' ? 'plugin' : labelOf(new URL(source.url), port)
  if (typeof source !== 'string' && !(source instanceof URL)) return 'plugin'
  if (isPluginName(source)) return nameInReference(source)
  try {
    return nameInUrl(isWebUrl(source) ? new URL(source).pathname : port.fileName(source))
  } catch {
    return 'plugin'
  }
}

/**
 * @throws {FILE_NOT_FOUND} {SOURCE_UNREADABLE} {REGISTRY_MISSING} {LIMIT_EXCEEDED} {INTEGRITY_MISMATCH} {HOST_CLOSED}, and
 *   what the registry throws
 */
export async function readSource(
  source: PluginSource,
  options: ReadOptions,
  port: SourcePort,
): Promise<LoadedSource> {
  const { bytes, label, signer } = await read(source, options, port)
  const digest = `sha256:${await port.sha256(bytes)}`
  const { integrity } = options
  if (integrity !== undefined && integrity !== digest)
    throw errors.INTEGRITY_MISMATCH({ expected: integrity, found: digest })
  return { bytes, digest, label, signer }
}

/** Bytes that are read in one step. */
const CHUNK = 1 << 20

function* copied(bytes: Uint8Array): Generator<void, Uint8Array<ArrayBuffer>> {
  const copy = new Uint8Array(bytes.length)
  for (let at = 0; at < copy.length; at += CHUNK) {
    copy.set(bytes.subarray(at, at + CHUNK), at)
    yield
  }
  return copy
}

async function read(
  source: PluginSource,
  options: ReadOptions,
  port: SourcePort,
): Promise<Omit<LoadedSource, 'digest' | 'signer'> & { readonly signer?: string | undefined }> {
  if (source instanceof Uint8Array || isArrayBuffer(source)) {
    checkSize(source.byteLength, options.maxBytes)
    const given = source instanceof Uint8Array ? source : new Uint8Array(source)
    return { bytes: await inTurns(copied(given)), label: 'plugin' }
  }
  if (isResponse(source)) return await responseBytes(source, options)
  if (typeof source !== 'string' && !(source instanceof URL))
    throw errors.SOURCE_UNREADABLE({ source: typeof source, reason: 'it is no path, URL, response or bytes' })
  if (isWebUrl(source)) return await fetchBytes(new URL(source), options)
  if (isPluginName(source)) {
    const { bytes, ...named } = await namedBytes(String(source), options)
    return { bytes: await inTurns(copied(bytes)), ...named }
  }
  if (port.base !== undefined) return await fetchBytes(urlIn(source, port.base), options)
  return { bytes: await port.readFile(source, options.maxBytes), label: nameInUrl(port.fileName(source)) }
}

/** Whether a source is a file of this machine. */
export function isFile(source: PluginSource, port: SourcePort): source is string | URL {
  if (port.base !== undefined || (typeof source !== 'string' && !(source instanceof URL))) return false
  return !isWebUrl(source) && !isPluginName(source)
}

/** @throws {SOURCE_UNREADABLE} */
function urlIn(source: string | URL, base: URL): URL {
  const url = URL.canParse(String(source), base) ? new URL(source, base) : undefined
  if (url !== undefined && isWebUrl(url)) return url
  throw errors.SOURCE_UNREADABLE({ source: String(source), reason: 'it is no path and no `https:` URL' })
}

/** Node loads all of `fetch` for a look at `Response`, which a path or bytes have no use for. */
function isResponse(source: PluginSource): source is Response {
  if (typeof source !== 'object' || source instanceof URL || ArrayBuffer.isView(source)) return false
  return !isArrayBuffer(source) && source instanceof Response
}

/** Of another realm too, as tests and sandboxes have them. */
function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return Object.prototype.toString.call(value) === '[object ArrayBuffer]'
}
