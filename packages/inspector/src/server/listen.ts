import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { errors } from '../errors/index.js'

export interface Listening {
  readonly port: number
  close(): Promise<void>
}

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** Listens on loopback alone. Neither the server nor who is connected keeps the process. @throws {INSPECTOR_UNAVAILABLE} */
export async function listen(port: number, answer: Answer): Promise<Listening> {
  const server = createServer(LIMITS, (request, response) => void answer(request, response))
  server.maxConnections = MAX_CONNECTIONS
  server.on('connection', (socket) => socket.unref())
  boundIdle(server)
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
  } catch (error) {
    throw errors.INSPECTOR_UNAVAILABLE(
      { port, reason: (error as NodeJS.ErrnoException).code ?? 'UNKNOWN' },
      error,
    )
  }
  server.unref()
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

const MAX_CONNECTIONS = 64
/** Of those, such as have asked nothing, or nothing more. */
const MAX_IDLE = 16

/** Whoever connects and says nothing keeps nobody out: the one that has been silent for longest makes room. */
function boundIdle(server: Server): void {
  const idle = new Set<Socket>()
  const rest = (socket: Socket) => {
    idle.add(socket)
    const [longest] = idle
    if (idle.size > MAX_IDLE) longest?.destroy()
  }
  server.on('connection', (socket) => {
    socket.once('close', () => idle.delete(socket))
    rest(socket)
  })
  server.on('request', ({ socket }, response) => {
    idle.delete(socket)
    response.once('close', () => {
      if (!socket.destroyed) rest(socket)
    })
  })
}

/** What one client may take: bytes of fields, and milliseconds. */
const LIMITS = {
  maxHeaderSize: 8 << 10,
  headersTimeout: 5_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 5_000,
}
