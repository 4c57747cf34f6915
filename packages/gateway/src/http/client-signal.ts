import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** What is known of a connection, whose requests have one signal together: one for each costs as much as a small request. */
interface Client {
  readonly leaving: AbortController
  /** Responses are sent in the order of their requests: when this one was, none waits. */
  last: ServerResponse
}

const clients = new WeakMap<Socket, Client>()

/**
 * Aborted when a client leaves before it has its response, or one before it on its connection. Node 20 tells only the first
 * response of those that wait there.
 */
export function clientSignal({ socket }: IncomingMessage, response: ServerResponse): AbortSignal {
  const client = clients.get(socket) ?? listenTo(socket, response)
  client.last = response
  return client.leaving.signal
}

function listenTo(socket: Socket, first: ServerResponse): Client {
  const client: Client = { leaving: new AbortController(), last: first }
  clients.set(socket, client)
  socket.once('close', () => {
    if (!client.last.writableFinished) client.leaving.abort()
  })
  return client
}
