import { transportErrors as errors } from '../errors/index.js'
import type { BlobSource, TransferOptions } from '../repository/index.js'
import { progressOf, verified } from '../repository/index.js'
import type { Client } from './client.js'
import { isPassing, pause, pauseOf } from './retry.js'
import type { Answer } from './wire.js'

export interface UploadOptions extends TransferOptions {
  /** Another repository of the registry that may have the blob. */
  readonly from?: string | undefined
  /** Bytes of one request. Default: all. */
  readonly chunkBytes?: number | undefined
}

/** Where an upload is: the address for what comes next, and how much the registry has. */
interface Session {
  readonly to: URL
  readonly offset: number
  /** The least that the registry takes by one request that is not the last. */
  readonly minimum: number
}

/**
 * Stores a blob: from another repository, by one request, or by several. One that breaks off goes on with what the
 * registry does not have yet.
 */
export async function upload(client: Client, blob: BlobSource, options: UploadOptions): Promise<void> {
  const moved = progressOf(options, blob.size)
  const uploading = new Upload(client, blob, options, moved)
  let session = await uploading.begin(options.from)
  let chunk = options.chunkBytes
  for (let failures = 0; session !== undefined; ) {
    try {
      await uploading.send(session, chunk)
      return
    } catch (error) {
      if (isTooMuch(error) && chunk === undefined) chunk = SMALL_CHUNK
      else if (!isOutOfStep(error) && !isBroken(error)) throw error
      const ms = ++failures < client.retry.attempts ? pauseOf(failures, client.retry) : undefined
      if (ms === undefined) throw error
      await pause(ms, options.signal)
      session = (await uploading.resume(session)) ?? (await uploading.begin())
      if (session !== undefined && session.offset > 0) chunk ??= blob.size
    }
  }
  moved(blob.size)
}

class Upload {
  readonly #client: Client
  readonly #blob: BlobSource
  readonly #signal: AbortSignal | undefined
  readonly #moved: (bytes: number) => void
  /** Bytes that were told of: those that are sent again are not. */
  #told = 0

  constructor(client: Client, blob: BlobSource, { signal }: TransferOptions, moved: (bytes: number) => void) {
    this.#client = client
    this.#blob = blob
    this.#signal = signal
    this.#moved = moved
  }

  /** A new upload; `undefined` if the registry has taken the blob from another repository. */
  async begin(from?: string): Promise<Session | undefined> {
    const query = new URLSearchParams(from === undefined ? {} : { mount: this.#blob.digest, from })
    const answer = await this.#client.send({
      method: 'POST',
      to: `blobs/uploads/${from === undefined ? '' : `?${query}`}`,
      action: 'an upload',
      ok: [201, 202],
      signal: this.#signal,
      alsoReads: from,
    })
    await answer.drop()
    if (answer.status === 201) return undefined
    return { to: this.#locationOf(answer), offset: 0, minimum: minimumOf(answer) }
  }

  /** What the registry has of an upload that broke off; `undefined` if it does not know of it any more. */
  async resume({ to, minimum }: Session): Promise<Session | undefined> {
    const answer = await this.#client.send({
      method: 'GET',
      to,
      action: 'going on with an upload',
      ok: [204, 202, 200, 400, 404, 405, 416],
      signal: this.#signal,
    })
    await answer.drop()
    const range = /^(?:bytes=)?0-(\d{1,15})$/.exec(String(answer.headers.range ?? ''))
    if (answer.status >= 400 || answer.headers.location === undefined) return undefined
    // "0-0" is said of an upload with one byte, and of one with none.
    const end = Number(range?.[1] ?? 0)
    const offset = end === 0 ? 0 : end + 1
    return offset > this.#blob.size ? undefined : { to: this.#locationOf(answer), offset, minimum }
  }

  /** Sends what the registry does not have, the last of it together with the digest. */
  async send(session: Session, chunkBytes: number | undefined): Promise<void> {
    const { size } = this.#blob
    let { to, offset } = session
    if (chunkBytes !== undefined) {
      const step = Math.max(chunkBytes, session.minimum)
      while (offset < size) {
        const end = Math.min(offset + step, size)
        to = this.#locationOf(await this.#part('PATCH', to, offset, end))
        offset = end
      }
    }
    to.searchParams.set('digest', this.#blob.digest)
    const answer = await this.#part('PUT', to, offset, size)
    const said = answer.headers['docker-content-digest']
    if (said !== undefined && said !== this.#blob.digest) {
      const { registry } = this.#client
      throw errors.CONTENT_DIGEST_MISMATCH({ registry, digest: this.#blob.digest, actual: String(said) })
    }
  }

  async #part(method: 'PATCH' | 'PUT', to: URL, from: number, end: number): Promise<Answer> {
    const isPart = method === 'PATCH'
    const answer = await this.#client.send({
      method,
      to,
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': String(end - from),
        ...(isPart && { 'content-range': `${from}-${end - 1}` }),
      },
      body: end > from ? () => this.#bytes(from, end) : undefined,
      action: 'an upload',
      ok: isPart ? [202] : [201, 204],
      signal: this.#signal,
      isTriedOnce: true,
    })
    await answer.drop()
    return answer
  }

  async *#bytes(from: number, end: number): AsyncGenerator<Uint8Array> {
    const { digest, size, isCompared = false } = this.#blob
    const whole = from === 0 && end === size
    const { registry } = this.#client
    // What is sent whole is compared as it goes: a file that was changed meanwhile would be refused by the registry only.
    const isChecked = whole && !isCompared
    const pieces = isChecked
      ? verified(this.#blob.read(0), { digest, size }, registry)
      : this.#blob.read(from)
    let at = from
    for await (const piece of pieces) {
      const part = piece.subarray(0, end - at)
      if (part.length > 0) yield part
      at += part.length
      this.#tell(at)
      if (at === end && !isChecked) return
    }
  }

  #tell(at: number): void {
    const fresh = Math.min(at, this.#blob.size) - this.#told
    if (fresh <= 0) return
    this.#told += fresh
    this.#moved(fresh)
  }

  /** Where an answer says the upload goes on: on another host perhaps, which is not told who we are. */
  #locationOf({ headers, url }: Answer): URL {
    const { location } = headers
    const { registry } = this.#client
    const to =
      typeof location === 'string' && URL.canParse(location, url.href) ? new URL(location, url) : undefined
    if (to === undefined || !/^https?:$/.test(to.protocol))
      throw errors.REGISTRY_ANSWER_INVALID({
        registry,
        what: 'an upload',
        reason: 'it does not say where it goes on',
      })
    if (url.protocol === 'https:' && to.protocol === 'http:')
      throw errors.REGISTRY_REDIRECT_REFUSED({
        registry,
        to: to.origin,
        reason: 'it leads from https to http',
      })
    return to
  }
}

function minimumOf({ headers }: Answer): number {
  const minimum = Number(headers['oci-chunk-min-length'] ?? 0)
  return Number.isSafeInteger(minimum) && minimum > 0 ? minimum : 0
}

function statusOf(error: unknown): unknown {
  return (error as { data?: { status?: unknown } } | undefined)?.data?.status
}

/** One request may not have so many bytes: a proxy in front of a registry often has a limit. */
function isTooMuch(error: unknown): boolean {
  return statusOf(error) === 413
}

/** The registry has another part of the blob than was thought, or has forgotten it. */
function isOutOfStep(error: unknown): boolean {
  const status = statusOf(error)
  return status === 416 || status === 404
}

function isBroken(error: unknown): boolean {
  const status = statusOf(error)
  return isPassing(error) || status === 429 || status === 408 || (typeof status === 'number' && status >= 500)
}

/** Registries and proxies that limit a request take this much. */
const SMALL_CHUNK = 4 << 20
