import { STATUS_CODES } from 'node:http'
import type { HttpField, HttpResponse } from '@wasm-plugin/host'
import type { Answer } from './answer.js'
import type { Failure } from './failure.js'

/** What the client is told: the status, and by what the log explains it. Nothing of the plugin, and nothing of the host. */
export function answerOf(failure: Failure, id: string): Answer {
  const { status, retryAfter } = failure
  const text = new TextEncoder().encode(`${status} ${STATUS_CODES[status] ?? ''}\n`)
  const headers: HttpField[] = [
    ['content-type', 'text/plain; charset=utf-8'],
    ['content-length', String(text.length)],
    ['x-request-id', id],
    ...(retryAfter === undefined ? [] : [['retry-after', String(retryAfter)] as const]),
  ]
  const response: HttpResponse = {
    ...{ status, headers, body: only(text), whole: () => text, isWhole: true },
    ...WHOLE,
  }
  return { response, failure, route: undefined }
}

/** No plugin is at it. A promise that never settled would keep everybody who waits for it. */
const WHOLE = { trailers: () => [], ended: Promise.resolve(undefined) }

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
