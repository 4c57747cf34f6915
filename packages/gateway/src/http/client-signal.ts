import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** What is to be done when a connection closes: many requests may wait on one, and it has one listener of ours. */
const waiting = new WeakMap<Socket, Set<() => void>>()

/** Aborted when a client leaves before it has its response. Node 20 tells that only the first of those that wait on its connection. */
export function clientSignal({ socket }: IncomingMessage, response: ServerResponse): AbortSignal {
  const client = new AbortController()
  const leave = () => {
    off()
    if (!response.writableFinished) client.abort()
  }
  const off = onClose(socket, leave)
  response.once('close', leave)
  return client.signal
}

function onClose(socket: Socket, listener: () => void): () => void {
  const all = waiting.get(socket) ?? listenTo(socket)
  all.add(listener)
  return () => all.delete(listener)
}

function listenTo(socket: Socket): Set<() => void> {
  const all = new Set<() => void>()
  waiting.set(socket, all)
  socket.once('close', () => {
    for (const listener of all) listener()
  })
  return all
}
