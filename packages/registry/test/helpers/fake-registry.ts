import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { type Digest, digestOf, mediaTypes } from '@wasm-plugin/registry'
import { onTestFinished } from 'vitest'
import { certificate, privateKey } from './token-server.js'

export interface Seen {
  readonly method: string
  readonly path: string
  readonly authorization: string | undefined
  readonly range: string | undefined
  /** Bytes of the body that arrived. */
  bytes: number
}

/** Answers a request itself if it returns true, instead of the registry. */
export type Hook = (
  request: IncomingMessage,
  response: ServerResponse,
  seen: Seen,
) => boolean | undefined | Promise<boolean | undefined>

interface Held {
  readonly bytes: Buffer
  readonly type: string
  readonly document: { subject?: { digest?: Digest }; artifactType?: string; config?: { mediaType?: string } }
}

/**
 * A registry in memory with the referrers API, ranges and uploads that go on, as the specification has them; a test that
 * wants it to be hostile or half-broken answers some requests itself.
 */
export class FakeRegistry {
  readonly blobs = new Map<string, Buffer>()
  readonly manifests = new Map<string, Held>()
  readonly tags = new Map<string, string>()
  readonly uploads = new Map<string, Buffer>()
  readonly seen: Seen[] = []
  hook: Hook = () => false
  hasReferrers = true
  chunkMinimum = 0
  readonly #server: Server
  readonly #protocol: string

  private constructor(isTls: boolean) {
    const answer = (request: IncomingMessage, response: ServerResponse) => {
      response.on('error', () => undefined)
      this.#answer(request, response).catch(() => response.destroy())
    }
    this.#server = isTls
      ? createTlsServer({ cert: certificate, key: privateKey }, answer)
      : createServer(answer)
    this.#protocol = isTls ? 'https' : 'http'
  }

  /** Until the end of the test. */
  static async start({ tls = false }: { tls?: boolean } = {}): Promise<FakeRegistry> {
    const fake = new FakeRegistry(tls)
    fake.#server.listen(0, '127.0.0.1')
    await once(fake.#server, 'listening')
    onTestFinished(() => {
      fake.#server.closeAllConnections()
      fake.#server.close()
    })
    return fake
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get registry(): string {
    return `127.0.0.1:${this.port}`
  }

  get origin(): string {
    return `${this.#protocol}://${this.registry}`
  }

  /** The requests for which `pattern` fits `METHOD path`. */
  requests(pattern: RegExp): Seen[] {
    return this.seen.filter(({ method, path }) => pattern.test(`${method} ${path}`))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://registry')
    const { method = '' } = request
    const { authorization, range } = request.headers
    const seen: Seen = { method, path: url.pathname, authorization, range, bytes: 0 }
    this.seen.push(seen)
    if (await this.hook(request, response, seen)) return
    const [, kind = '', rest = ''] =
      /^\/v2\/.+?\/(blobs\/uploads|blobs|manifests|tags|referrers)\/(.*)$/.exec(url.pathname) ?? []
    if (kind === 'blobs/uploads') return await this.#upload(request, response, url, rest, seen)
    if (kind === 'blobs') return this.#blob(request, response, rest)
    if (kind === 'manifests') return await this.#manifest(request, response, rest, seen)
    if (kind === 'tags') return json(response, { tags: [...this.tags.keys()] })
    if (kind === 'referrers' && this.hasReferrers) return this.#referrers(response, rest)
    if (url.pathname === '/v2/') return json(response, {})
    response.writeHead(404).end('404 page not found')
  }

  async #upload(request: IncomingMessage, response: ServerResponse, url: URL, id: string, seen: Seen) {
    if (request.method === 'POST') {
      const mounted = url.searchParams.get('mount')
      if (mounted !== null && this.blobs.has(mounted)) return void response.writeHead(201).end()
      const fresh = `u${this.uploads.size}`
      this.uploads.set(fresh, Buffer.alloc(0))
      const minimum = this.chunkMinimum > 0 ? { 'oci-chunk-min-length': this.chunkMinimum } : {}
      return void response
        .writeHead(202, { location: `${url.pathname}${fresh}?_state=a%2Fb`, ...minimum })
        .end()
    }
    const before = this.uploads.get(id)
    if (before === undefined)
      return void response.writeHead(404).end('{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN"}]}')
    const where = (size: number) => ({
      location: `${url.pathname}?_state=a%2Fb`,
      range: `0-${Math.max(0, size - 1)}`,
    })
    if (request.method === 'GET') return void response.writeHead(204, where(before.length)).end()
    const start = /^(\d+)-/.exec(String(request.headers['content-range'] ?? ''))?.[1]
    if (start !== undefined && Number(start) !== before.length)
      return void response.writeHead(416, where(before.length)).end()
    const pieces = [before]
    try {
      for await (const piece of request) {
        pieces.push(piece)
        seen.bytes += piece.length
      }
    } finally {
      // What has come is kept when the connection breaks.
      this.uploads.set(id, Buffer.concat(pieces))
    }
    const whole = this.uploads.get(id)!
    if (request.method === 'PATCH') return void response.writeHead(202, where(whole.length)).end()
    const digest = url.searchParams.get('digest') ?? ''
    if (digestOf(whole) !== digest || url.searchParams.get('_state') !== 'a/b')
      return void response.writeHead(400).end('{"errors":[{"code":"DIGEST_INVALID"}]}')
    this.blobs.set(digest, whole)
    response.writeHead(201, { 'docker-content-digest': digest }).end()
  }

  #blob(request: IncomingMessage, response: ServerResponse, digest: string) {
    const bytes = this.blobs.get(digest)
    if (bytes === undefined) return void response.writeHead(404).end()
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
    if (request.method === 'HEAD' || from === undefined)
      return void response
        .writeHead(200, { 'content-length': bytes.length })
        .end(request.method === 'HEAD' ? '' : bytes)
    const part = bytes.subarray(Number(from), Number(to) + 1)
    const range = `bytes ${from}-${Number(from) + part.length - 1}/${bytes.length}`
    response.writeHead(206, { 'content-range': range, 'content-length': part.length }).end(part)
  }

  async #manifest(request: IncomingMessage, response: ServerResponse, reference: string, seen: Seen) {
    if (request.method === 'PUT') {
      const pieces: Buffer[] = []
      for await (const piece of request) pieces.push(piece)
      const bytes = Buffer.concat(pieces)
      seen.bytes = bytes.length
      const document = JSON.parse(bytes.toString()) as Held['document']
      const digest = digestOf(bytes)
      this.manifests.set(digest, { bytes, type: String(request.headers['content-type']), document })
      if (!reference.startsWith('sha256:')) this.tags.set(reference, digest)
      const subject = document.subject?.digest
      const echo = subject !== undefined && this.hasReferrers ? { 'oci-subject': subject } : {}
      return void response.writeHead(201, { 'docker-content-digest': digest, ...echo }).end()
    }
    const digest = this.tags.get(reference) ?? reference
    const held = this.manifests.get(digest)
    if (held === undefined)
      return void response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}')
    response.writeHead(200, { 'content-type': held.type, 'docker-content-digest': digest }).end(held.bytes)
  }

  #referrers(response: ServerResponse, subject: string) {
    const manifests = [...this.manifests]
      .filter(([, { document }]) => document.subject?.digest === subject)
      .map(([digest, { bytes, document }]) => ({
        mediaType: mediaTypes.manifest,
        digest,
        size: bytes.length,
        // As one of the real ones says it of everything.
        artifactType: mediaTypes.empty,
        title: document.artifactType,
      }))
    response.setHeader('content-type', mediaTypes.index)
    response.end(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.index, manifests }))
  }
}

function json(response: ServerResponse, document: unknown): void {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(document))
}
