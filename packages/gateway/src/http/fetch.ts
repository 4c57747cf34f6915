import type { HttpField } from '@wasm-plugin/host'
import { errors } from '../errors/index.js'
import type { Answer, Asked } from './answer.js'

/** A request of `fetch`. @throws {GATEWAY_OPTIONS_INVALID} */
export function askedByFetch(request: Request, client: string): Asked {
  if (!isRequest(request))
    throw errors.GATEWAY_OPTIONS_INVALID({
      path: 'fetch.request',
      reason: 'expected a `Request`',
      fix: 'Give it a `new Request(url, init)`.',
    })
  if (request.bodyUsed || request.body?.locked)
    throw errors.GATEWAY_OPTIONS_INVALID({
      path: 'fetch.request',
      reason: 'expected one whose body nobody has read',
      fix: 'Give it to the gateway before anything reads it, or give it a clone.',
    })
  const { protocol, host, pathname, search } = new URL(request.url)
  const length = request.headers.get('content-length')
  const { body } = request
  return {
    method: request.method,
    target: `${pathname}${search}`,
    direct: { client, scheme: protocol === 'https:' ? 'https' : 'http', authority: host },
    fields: [...request.headers] as HttpField[],
    length: body === null ? 0 : length === null ? undefined : Number(length),
    body: body === null ? null : async () => body,
    trailers: () => [],
    signal: request.signal,
  }
}

/** Also one of a library that serves. */
function isRequest(value: unknown): value is Request {
  if (typeof value !== 'object' || value === null) return false
  const { url, headers } = value as Partial<Request>
  return typeof url === 'string' && URL.canParse(url) && typeof headers === 'object' && headers !== null
}

/** The answer for it; `done` is called once, with the bytes that were read, and with what ended the body early. */
export function responseOf(
  { response: { status, headers, body } }: Answer,
  method: string,
  done: (bytes: number, error?: unknown) => void,
): Response {
  const hasBody = method !== 'HEAD' && ![204, 205, 304].includes(status)
  if (!hasBody) done(0)
  return new Response(hasBody ? streamOf(body, done) : null, {
    status,
    headers: headers as [string, string][],
  })
}

function streamOf(
  body: AsyncIterable<Uint8Array>,
  done: (bytes: number, error?: unknown) => void,
): ReadableStream<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]()
  let bytes = 0
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    try {
      const next = await chunks.next()
      if (next.done) {
        done(bytes)
        controller.close()
      } else {
        bytes += next.value.length
        controller.enqueue(next.value)
      }
    } catch (error) {
      done(bytes, error)
      controller.error(error)
    }
  }
  const cancel = async () => {
    done(bytes)
    await chunks.return?.()
  }
  return new ReadableStream<Uint8Array>({ pull, cancel }, { highWaterMark: 0 })
}
