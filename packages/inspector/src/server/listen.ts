import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
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

/** What one client may take: bytes of fields, and milliseconds. */
const LIMITS = {
  maxHeaderSize: 8 << 10,
  headersTimeout: 5_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 5_000,
}
