import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { errors } from './errors/index.js'
import type { DrainOptions, Gateway } from './gateway.js'
import { makeRoom } from './socket-file.js'

/** A port, of every address of this machine or of one, or a Unix socket. */
export type Address = { readonly port: number; readonly host?: string } | { readonly socket: string }

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

export interface Listening {
  /** URLs, and paths of sockets. */
  readonly addresses: readonly string[]
  /** Stops listening, closes the gateway, and cuts what is left then. */
  close(options?: DrainOptions): Promise<void>
}

/**
 * Serves a gateway where it is to be found. `/healthz` is answered with 200 while the process lives, `/readyz` with 200 while it
 * takes requests.
 *
 * @throws {LISTEN_FAILED}
 */
export async function listen(
  gateway: Gateway,
  addresses: readonly Address[],
  options: ListenOptions = {},
): Promise<Listening> {
  const servers: Server[] = []
  const stop = async () => {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  }
  const cut = () => {
    for (const server of servers) server.closeAllConnections()
  }
  try {
    const shown: string[] = []
    for (const address of addresses) {
      const server = serverOf(gateway, options)
      shown.push(await open(server, address))
      servers.push(server)
    }
    return {
      addresses: shown,
      async close(drain) {
        const closed = gateway.close(drain)
        const stopped = stop()
        for (const server of servers) server.closeIdleConnections()
        await closed
        cut()
        await stopped
      },
    }
  } catch (error) {
    cut()
    await stop()
    throw error
  }
}

function serverOf(gateway: Gateway, options: ListenOptions): Server {
  const { maxConnections = 1_000, maxHeaderBytes = 16 << 10, headersTimeoutMs = 10_000 } = options
  const { requestTimeoutMs = 300_000, keepAliveMs = 5_000 } = options
  // The fields are a part of the whole.
  const headersTimeout = Math.min(headersTimeoutMs, requestTimeoutMs)
  const server = createServer(
    {
      maxHeaderSize: maxHeaderBytes,
      headersTimeout,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveMs,
      // How often those two are looked at.
      connectionsCheckingInterval: Math.min(1_000, headersTimeout),
    },
    (request, response) => {
      if (!answerHealth(gateway, request, response)) gateway.handler(request, response)
    },
  )
  server.maxConnections = maxConnections
  return server
}

function answerHealth(gateway: Gateway, { url }: IncomingMessage, response: ServerResponse): boolean {
  if (url !== '/healthz' && url !== '/readyz') return false
  const isWell = url === '/healthz' || gateway.isReady
  response.writeHead(isWell ? 200 : 503, { 'content-type': 'text/plain', 'cache-control': 'no-store' })
  response.end(isWell ? 'OK\n' : 'closing\n')
  return true
}

async function open(server: Server, address: Address): Promise<string> {
  const where = 'socket' in address ? { path: address.socket } : { port: address.port, host: address.host }
  const shown = 'socket' in address ? address.socket : `${address.host ?? '*'}:${address.port}`
  try {
    if ('socket' in address) await makeRoom(address.socket)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(where, resolve)
    })
  } catch (error) {
    const { code = 'UNKNOWN' } = error as NodeJS.ErrnoException
    throw errors.LISTEN_FAILED({ address: shown, reason: code }, error)
  }
  const at = server.address() as AddressInfo | string
  if (typeof at === 'string') return at
  const host = at.family === 'IPv6' ? `[${at.address}]` : at.address
  return `http://${host === '[::]' || host === '0.0.0.0' ? 'localhost' : host}:${at.port}`
}
