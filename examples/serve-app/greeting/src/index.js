import { Fields, OutgoingBody, OutgoingResponse, ResponseOutparam } from 'wasi:http/types@0.2.12'

/** Greets whoever is in the path. */
export const incomingHandler = {
  handle(request, out) {
    const name = decodeURIComponent((request.pathWithQuery() ?? '').split('/').pop() ?? '')
    // Who comes slowly is greeted slowly, so that one can see what becomes of a request when the gateway is told to end.
    for (const end = Date.now() + (name === 'slowly' ? 500 : 0); Date.now() < end; );
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
