import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { errors } from '../errors/index.js'
import { inTurns } from '../turn.js'
import { checkSize, collect } from './collect.js'
import { isPluginName, namedBytes, nameInReference } from './named-source.js'
import type { ReadOptions } from './read-options.js'
import { fetchBytes, isWebUrl, nameInUrl, responseBytes } from './web-source.js'

/**
 * A path, a `file:` or `https:` URL, a response of `fetch`, the bytes themselves, or the name of a plugin in the host's
 * registry: `acme:render@^1.2`, `oci://registry.example/acme/render:1.2.3`. `http:` is taken from this machine, and from
 * elsewhere with `integrity` alone, since anybody on the way can change what it carries.
 */
export type PluginSource = string | URL | Uint8Array | ArrayBuffer | Response

export interface LoadedSource {
  /** Private to the host: a caller's later write to its own buffer changes nothing. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** `sha256:` and 64 hex digits, of exactly these bytes. */
  readonly digest: string
  /** Name to fall back on. */
  readonly label: string
}

/** What a source is called before it was read. Never throws. */
export function labelOf(source: PluginSource): string {
  if (isResponse(source)) return source.url === '' ? 'plugin' : labelOf(new URL(source.url))
  if (typeof source !== 'string' && !(source instanceof URL)) return 'plugin'
  if (isPluginName(source)) return nameInReference(source)
  try {
    return nameInUrl(isWebUrl(source) ? new URL(source).pathname : basename(toPath(source)))
  } catch {
    return 'plugin'
  }
}

/**
 * @throws {FILE_NOT_FOUND} {SOURCE_UNREADABLE} {REGISTRY_MISSING} {LIMIT_EXCEEDED} {INTEGRITY_MISMATCH} {HOST_CLOSED}, and
 *   what the registry throws
 */
export async function readSource(source: PluginSource, options: ReadOptions): Promise<LoadedSource> {
  const { bytes, label } = await read(source, options)
  const digest = await inTurns(digestOf(bytes))
  const { integrity } = options
  if (integrity !== undefined && integrity !== digest)
    throw errors.INTEGRITY_MISMATCH({ expected: integrity, found: digest })
  return { bytes, digest, label }
}

/** Bytes that are read in one step. */
const CHUNK = 1 << 20

function* digestOf(bytes: Uint8Array): Generator<void, string> {
  const hash = createHash('sha256')
  for (let at = 0; at < bytes.length; at += CHUNK) {
    hash.update(bytes.subarray(at, at + CHUNK))
    yield
  }
  return `sha256:${hash.digest('hex')}`
}

function* copied(bytes: Uint8Array): Generator<void, Uint8Array<ArrayBuffer>> {
  const copy = new Uint8Array(bytes.length)
  for (let at = 0; at < copy.length; at += CHUNK) {
    copy.set(bytes.subarray(at, at + CHUNK), at)
    yield
  }
  return copy
}

async function read(source: PluginSource, options: ReadOptions) {
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
    const { bytes, label } = await namedBytes(String(source), options)
    return { bytes: await inTurns(copied(bytes)), label }
  }
  const path = toPath(source)
  return { bytes: await readFile(path, options.maxBytes), label: nameInUrl(basename(path)) }
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

/** What looks like a URL: two letters at least, since `C:\plugin.wasm` is a path. */
const SCHEME = /^[a-z][a-z\d+.-]+:/i

function toPath(source: string | URL): string {
  const text = String(source)
  if (typeof source === 'string' && !SCHEME.test(text)) return source
  const scheme = text.slice(0, text.indexOf(':') + 1)
  if (scheme.toLowerCase() !== 'file:')
    throw errors.SOURCE_UNREADABLE({ source: text, reason: `nothing here reads ${scheme}` })
  try {
    return fileURLToPath(source)
  } catch (error) {
    throw errors.SOURCE_UNREADABLE({ source: text, reason: (error as Error).message }, error)
  }
}

async function readFile(path: string, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    // Without waiting: a FIFO would hold the load, and a thread of libuv, until somebody writes.
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      const stat = await file.stat()
      if (!stat.isFile()) throw errors.SOURCE_UNREADABLE({ source: path, reason: 'it is no regular file' })
      const { size } = stat
      checkSize(size, maxBytes)
      // What a growing file gives is not bounded by its size.
      return await collect(file.createReadStream({ autoClose: false }), { maxBytes, expected: size })
    } finally {
      await file.close()
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') throw errors.FILE_NOT_FOUND({ path }, error)
    // A NUL character is refused before the system is asked.
    if (error instanceof Error && ('syscall' in error || code === 'ERR_INVALID_ARG_VALUE'))
      throw errors.SOURCE_UNREADABLE({ source: path, reason: error.message }, error)
    throw error
  }
}
