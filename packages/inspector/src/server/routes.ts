import type { IncomingMessage, ServerResponse } from 'node:http'
import { errors } from '../errors/index.js'
import type { Levers } from '../levers/levers.js'
import type { Feed } from '../watch/feed.js'
import { send, sendError, sendJson } from './answer.js'
import { bytesOf, objectOf } from './body.js'
import { checkCaller, checkHost } from './guard.js'
import { stream } from './stream.js'

export interface Served {
  readonly token: string
  readonly feed: Feed
  readonly levers: Levers
  /** The files of the page, by their paths. */
  readonly files: ReadonlyMap<string, PageFile>
}

export interface PageFile {
  readonly type: string
  readonly text: string
}

/** Bytes of a component that a page may send. */
const MAX_COMPONENT = 64 << 20

/** Answers one request of the page, or says why not. */
export async function answer(
  served: Served,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    checkHost(request)
    const { method = '', url = '' } = request
    const { pathname, searchParams } = targetOf(url)
    // They say nothing of anybody; all that does wants the token.
    const file = method === 'GET' ? served.files.get(pathname) : undefined
    if (file !== undefined) return send(response, 200, file.type, file.text)
    checkCaller(request, served.token)
    if (method === 'GET' && pathname === '/events') return stream(served.feed, request, response)
    if (method !== 'POST') throw errors.INSPECTOR_REQUEST_INVALID({ reason: `${method} ${pathname}` })
    const { levers } = served
    if (pathname === '/update') {
      const number = numberOf(Number(searchParams.get('plugin') ?? Number.NaN))
      levers.mayChange()
      const bytes = await bytesOf(request, 'application/wasm', MAX_COMPONENT)
      return sendJson(response, await levers.update(number, bytes))
    }
    const asked = await objectOf(request)
    const number = numberOf(asked.get('plugin'))
    switch (pathname) {
      case '/detail':
        return sendJson(response, levers.detail(number))
      case '/revoke':
        return sendJson(response, levers.revoke(number, textOf(asked.get('rule'), 'rule')))
      case '/narrow':
        return sendJson(response, levers.narrow(number, asked.get('grants')))
      case '/unload':
        return sendJson(response, await levers.unload(number))
      case '/record':
        return sendJson(response, levers.record(number, asked.get('on') === true))
      case '/recording':
        return send(response, 200, 'application/x-ndjson; charset=utf-8', levers.recording(number))
      default:
        throw errors.INSPECTOR_REQUEST_INVALID({ reason: `there is no ${pathname}` })
    }
  } catch (error) {
    // What is left of the request is not waited for.
    if (!request.complete) response.setHeader('connection', 'close')
    if (response.headersSent) response.destroy()
    else sendError(response, error)
  }
}

/** `//` is none, nor is what a proxy is asked for. */
function targetOf(url: string): URL {
  if (/^\/(?![/\\])/.test(url) && URL.canParse(url, 'http://localhost'))
    return new URL(url, 'http://localhost')
  throw errors.INSPECTOR_REQUEST_INVALID({ reason: 'its target is no path' })
}

function numberOf(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  throw errors.INSPECTOR_REQUEST_INVALID({ reason: 'it names no plugin' })
}

function textOf(value: unknown, name: string): string {
  if (typeof value === 'string') return value
  throw errors.INSPECTOR_REQUEST_INVALID({ reason: `it has no ${name}` })
}
