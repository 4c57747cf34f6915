import { errors } from '../errors/index.js'
import type { HttpResponse } from './answered.js'
import type { HttpField } from './field-bytes.js'
import type { HttpRequest } from './given-request.js'

/** A request of `fetch`, for a plugin to answer. @throws {OPTIONS_INVALID} */
export function requestOf(request: Request): HttpRequest {
  if (!isRequest(request))
    throw errors.OPTIONS_INVALID({
      path: 'fetch.request',
      reason: 'expected a `Request`, with a URL that is whole',
      fix: 'Give it a `new Request(url, init)`; what follows are options of the call.',
    })
  if (request.bodyUsed || request.body?.locked)
    throw errors.OPTIONS_INVALID({ path: 'fetch.request', reason: 'expected one whose body nobody has read' })
  const { protocol, host, pathname, search } = new URL(request.url)
  return {
    method: request.method,
    scheme: protocol === 'https:' ? 'https' : 'http',
    authority: host,
    path: `${pathname}${search}`,
    headers: fieldsOf(request.headers),
    body: request.body && chunksOf(request.body),
  }
}

/** Also one of another realm, or of a library: to ask for the class has Node load all of `fetch`. */
function isRequest(value: unknown): value is Request {
  if (typeof value !== 'object' || value === null) return false
  const { url, method, headers } = value as Partial<Request>
  return (
    typeof url === 'string' &&
    URL.canParse(url) &&
    typeof method === 'string' &&
    typeof headers?.forEach === 'function'
  )
}

/** What a plugin answered, as an answer of `fetch`; trailers have no place there. */
export function responseOf({ status, headers, body, whole }: HttpResponse, method: string): Response {
  const hasBody = method !== 'HEAD' && ![204, 205, 304].includes(status)
  return new Response(hasBody ? ((whole() as Uint8Array<ArrayBuffer> | undefined) ?? streamOf(body)) : null, {
    status,
    headers: headers as [string, string][],
  })
}

/** Those that are being answered. */
const held = new Set<Request>()

/** Keeps a request in memory while it is answered: its signal follows that of the application only for as long. */
export function holdUntil(ended: Promise<unknown>, request: Request): void {
  held.add(request)
  void ended.finally(() => held.delete(request))
}

function fieldsOf(headers: Headers): HttpField[] {
  const fields: HttpField[] = []
  headers.forEach((value, name) => {
    fields.push([name, value])
  })
  return fields
}

async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel()
  }
}

function streamOf(body: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      async cancel() {
        await chunks.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}
