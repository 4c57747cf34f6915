import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { HttpField, HttpResponse } from '@wasm-plugin/host'
import type { Answer, Asked } from './answer.js'

/** Bytes of a body that are waited for before an instance is taken: no client holds one by sending slowly. */
const SMALL = 64 << 10
/** Milliseconds for the rest of a request that was answered before it was read. */
const LINGER_MS = 5_000
/** Milliseconds that a client may take nothing of what is sent to it. */
const STALLED_MS = 60_000

/** A request of `node:http`. */
export function askedBy(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Asked {
  const { headers, socket } = request
  const length = headers['content-length']
  const hasBody = length !== undefined || headers['transfer-encoding'] !== undefined
  return {
    method: request.method ?? 'GET',
    target: request.url ?? '',
    direct: {
      client: addressOf(socket),
      scheme: (socket as TLSSocket).encrypted ? 'https' : 'http',
      authority: headers.host,
    },
    fields: pairsOf(request.rawHeaders),
    length: hasBody && length === undefined ? undefined : Number(length ?? 0),
    body: hasBody ? () => begun(request) : null,
    trailers: () => pairsOf(request.rawTrailers),
    signal,
    onInformational: (status, fields) => sendInformational(response, status, fields),
  }
}

/**
 * Sends what there is, at the pace of the client, and counts the bytes of the body. Throws what ends the body early, which may be
 * before anything was sent.
 */
export async function send(
  response: ServerResponse,
  { response: answer }: Answer,
  { sent, signal }: { sent: { bytes: number }; signal: AbortSignal },
): Promise<void> {
  const { body, trailers } = answer
  let failure: unknown
  let isCorked = false
  const uncork = () => {
    if (isCorked) response.uncork()
    isCorked = false
  }
  let whole = answer.whole()
  if (whole === undefined) {
    void answer.ended.then((error) => {
      if (error === undefined || answer.isWhole) return
      failure = error
      // A client that takes nothing hears of it too.
      if (!response.headersSent) return
      uncork()
      response.destroy()
    })
    // What fails as soon as it has begun is told while it can be, and what comes together is sent together.
    await new Promise((resolve) => setImmediate(resolve))
    if (failure !== undefined) throw failure
    if (response.destroyed || signal.aborted) return
    whole = answer.whole()
  }
  if (whole !== undefined && whole.length < response.writableHighWaterMark) {
    sent.bytes = whole.length
    sendWhole(response, answer, whole)
    return
  }
  // Informational responses that follow the head are nobody's.
  response.writeHead(answer.status, rawFields(answer))
  response.cork()
  isCorked = true
  setImmediate(uncork)
  try {
    for await (const chunk of whole === undefined ? body : [whole]) {
      if (response.destroyed || signal.aborted) break
      sent.bytes += chunk.length
      if (!response.write(chunk)) await drained(response, signal)
    }
  } catch (error) {
    uncork()
    throw error
  }
  if (failure !== undefined) throw failure
  if (response.destroyed || signal.aborted) return
  addTrailers(response, trailers())
  response.end()
}

/** What the system takes at once. */
function sendWhole(response: ServerResponse, answer: HttpResponse, body: Uint8Array): void {
  const trailers = answer.trailers()
  const raw = rawFields(answer)
  const hasLength = answer.headers.some(([name]) => name === 'content-length')
  // Without one it goes in chunks, behind which trailers have their place.
  const isCounted = body.length > 0 && trailers.length === 0 && !hasLength
  if (isCounted) raw.push('content-length', String(body.length))
  response.writeHead(answer.status, raw)
  addTrailers(response, trailers)
  // A text goes to the system in one piece with the head, which bytes do not.
  response.end(Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1'), 'latin1')
}

function addTrailers(response: ServerResponse, trailers: readonly HttpField[]): void {
  if (trailers.length > 0)
    response.addTrailers(trailers.map(([name, value]): [string, string] => [name, value]))
}

/** What the client still sends of a request that was answered goes by, for a while: the connection may be used again. */
export function passRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return
  request.resume()
  const timer = setTimeout(() => request.socket.destroy(), LINGER_MS).unref()
  request.once('close', () => clearTimeout(timer))
}

function sendInformational(response: ServerResponse, status: number, fields: readonly HttpField[]): void {
  if (response.headersSent || response.req.httpVersion === '1.0') return
  if (status === 102) response.writeProcessing()
  const links = fields.filter(([name]) => name === 'link').map(([, value]) => value)
  // Node has no other way to send fields with one, and clients know of no other fields.
  if (status === 103 && links.length > 0)
    try {
      response.writeEarlyHints({ link: links })
    } catch {
      // Hints that are malformed are none.
    }
}

function rawFields({ status, headers }: HttpResponse): string[] {
  const raw: string[] = []
  for (const [name, value] of headers)
    if (!(status === 204 || status === 205) || name !== 'content-length') raw.push(name, value)
  return raw
}

function pairsOf(raw: readonly string[]): HttpField[] {
  const pairs: [string, string][] = []
  for (let i = 0; i + 1 < raw.length; i += 2) pairs.push([raw[i] ?? '', raw[i + 1] ?? ''])
  return pairs
}

/** A TCP client that has left has no address any more, but still one that it came to. */
function addressOf(socket: Socket): string {
  const { remoteAddress, localAddress, destroyed } = socket
  return remoteAddress ?? (destroyed || localAddress !== undefined ? '-' : 'unix:')
}

/** The whole of a body that is small, or one of which so much is there. */
async function begun(request: IncomingMessage): Promise<Uint8Array | AsyncIterable<Uint8Array>> {
  const first: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of chunksOf(request)) {
    first.push(chunk)
    bytes += chunk.length
    if (bytes > SMALL) return follow(first, request)
  }
  return Buffer.concat(first)
}

async function* follow(first: Uint8Array[], request: IncomingMessage): AsyncGenerator<Uint8Array> {
  yield* first.splice(0)
  yield* chunksOf(request)
}

/** Who stops reading leaves the rest to the connection, which the response still needs. */
function chunksOf(request: IncomingMessage): AsyncIterable<Uint8Array> {
  return request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>
}

/** Resolves when the client has taken what was sent, or is gone, which one is that takes nothing for too long. */
function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer = setTimeout(() => {
      response.destroy()
      done()
    }, STALLED_MS)
    const done = () => {
      clearTimeout(timer)
      response.off('drain', done)
      response.off('close', done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    response.on('drain', done)
    response.on('close', done)
    signal.addEventListener('abort', done)
  })
}
