import { Fields, OutgoingBody, OutgoingResponse, ResponseOutparam } from 'wasi:http/types@0.2.12'

/** Greets whoever is in the path. */
export const incomingHandler = {
  handle(request, out) {
    const name = decodeURIComponent((request.pathWithQuery() ?? '').split('/').pop() ?? '')
    const bytes = (text) => new TextEncoder().encode(text)
    const headers = Fields.fromList([['content-type', bytes('text/plain; charset=utf-8')]])
    const response = new OutgoingResponse(headers)
    const body = response.body()
    ResponseOutparam.set(out, { tag: 'ok', val: response })
    const stream = body.write()
    stream.blockingWriteAndFlush(bytes(`Hello, ${name}, from JavaScript\n`))
    stream[Symbol.dispose]?.()
    OutgoingBody.finish(body, undefined)
  },
}
