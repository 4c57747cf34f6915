import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http'
import { createServer as createSecureServer, Server as SecureServer } from 'node:https'
import { errors } from './errors/index.js'
import type { Gateway } from './gateway.js'

/** What one client may take, and all of them. */
export interface ListenOptions {
  /** Connections at a time. @default 1_000 */
  maxConnections?: number
  /** Bytes of the fields of a request. @default 16 KiB */
  maxHeaderBytes?: number
  /** Milliseconds for the fields of a request, no more than for the whole of it. @default 10_000 */
  headersTimeoutMs?: number
  /** Milliseconds for the whole of a request. @default 300_000 */
  requestTimeoutMs?: number
  /** Milliseconds that a connection may wait for its next request. @default 5_000 */
  keepAliveMs?: number
}

/** A certificate with those that it was signed with, and its key, in PEM. */
export interface Tls {
  readonly cert: string | Uint8Array
  readonly key: string | Uint8Array
}

/** Who answers, which may change while servers listen. */
export interface Answering {
  gateway: Gateway
}

export interface ServedAs {
  readonly tls?: Tls
  readonly isMetrics?: boolean
}

/** @throws {CERTIFICATE_INVALID} */
export function serverFor(
  { tls, isMetrics = false }: ServedAs,
  answering: Answering,
  options: ListenOptions,
): Server {
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const { gateway } = answering
    if (answerHealth(gateway, request, response)) return
    if (isMetrics) answerMetrics(gateway, request, response)
    else gateway.handler(request, response)
  }
  const limits = limitsOf(options)
  const server = tls === undefined ? createServer(limits, answer) : secure({ ...limits, ...pem(tls) }, answer)
  server.maxConnections = options.maxConnections ?? 1_000
  return server
}

/** @throws {CERTIFICATE_INVALID} */
export function renew(server: Server | undefined, tls: Tls | undefined): void {
  if (tls === undefined || !(server instanceof SecureServer)) return
  certified(() => server.setSecureContext(pem(tls)))
}

function limitsOf({
  maxHeaderBytes = 16 << 10,
  headersTimeoutMs = 10_000,
  requestTimeoutMs = 300_000,
  keepAliveMs = 5_000,
}: ListenOptions): ServerOptions {
  // The fields are a part of the whole.
  const headersTimeout = Math.min(headersTimeoutMs, requestTimeoutMs)
  return {
    maxHeaderSize: maxHeaderBytes,
    headersTimeout,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveMs,
    // How often those two are looked at.
    connectionsCheckingInterval: Math.min(1_000, headersTimeout),
  }
}

/** Milliseconds in which a client has to say what it speaks. */
const HANDSHAKE_MS = 10_000

function secure(
  options: Parameters<typeof createSecureServer>[0],
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  return certified(() => createSecureServer({ ...options, handshakeTimeout: HANDSHAKE_MS }, answer))
}

function certified<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    const { code = 'UNKNOWN' } = error as NodeJS.ErrnoException
    throw errors.CERTIFICATE_INVALID({ reason: code }, error)
  }
}

function pem({ cert, key }: Tls): { cert: Buffer; key: Buffer } {
  return { cert: Buffer.from(cert), key: Buffer.from(key) }
}

function answerHealth(gateway: Gateway, { url }: IncomingMessage, response: ServerResponse): boolean {
  if (url !== '/healthz' && url !== '/readyz') return false
  const isWell = url === '/healthz' || gateway.isReady
  send(response, isWell ? 200 : 503, isWell ? 'OK\n' : 'not ready\n')
  return true
}

function answerMetrics(gateway: Gateway, { url }: IncomingMessage, response: ServerResponse): void {
  if (url === '/metrics') send(response, 200, gateway.metrics(), 'text/plain; version=0.0.4; charset=utf-8')
  else send(response, 404, '404 Not Found\n')
}

function send(response: ServerResponse, status: number, text: string, type = 'text/plain'): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' })
  response.end(text)
}
