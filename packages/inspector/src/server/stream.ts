import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Told } from '../protocol.js'
import type { Feed } from '../watch/feed.js'
import { begin } from './answer.js'

/** Bytes that a page may leave unread before it is told no more: one in the background reads nothing. */
const MAX_UNREAD = 1 << 20

/** Tells a page what happens, a line of JSON each time, until it goes. @throws {INSPECTOR_BUSY} */
export function stream(feed: Feed, request: IncomingMessage, response: ServerResponse): void {
  const lines: Told[] = []
  let isOpen = false
  const tell = (told: Told) => {
    if (isOpen) response.write(`${JSON.stringify(told)}\n`)
    else lines.push(told)
  }
  const close = feed.open({
    get isReading() {
      return response.writableLength < MAX_UNREAD
    },
    tell,
    end: () => response.end(),
  })
  response.once('close', close)
  request.resume()
  begin(response, 200, 'application/x-ndjson; charset=utf-8')
  isOpen = true
  for (const told of lines) tell(told)
}
