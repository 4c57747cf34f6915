import { ComponentError } from '@wasm-plugin/runtime'
import { DISPOSE } from '@wasm-plugin/runtime/internal'
import { type Awaitable, chain, lastly, rescue, unawaited } from '../../awaitable.js'
import { HeldBytes } from '../../grants/held-bytes.js'
import type { IncomingHead, RequestHead, ResponsePiece } from '../../protocol/http.js'
import { codeOf, type IoError } from '../io/error.js'
import { type BodyTarget, FutureTrailers, IncomingBody, OutgoingBody } from './body.js'
import { Fields } from './fields.js'
import { IncomingRequest } from './incoming-request.js'
import type { HttpLink } from './link.js'
import { OutgoingResponse, ResponseOutparam } from './outgoing-response.js'
import { OutgoingRequest, RequestOptions, requestParts } from './request.js'
import { FutureIncomingResponse, IncomingResponse, RefusedResponse } from './response.js'
import { ResponseSender } from './response-sender.js'

/** Bytes for the fields, unsent bodies and paths of one instance: thousands of ordinary messages. */
const HELD = 16 << 20

export interface HttpContext extends Pick<HttpLink, 'services' | 'waiter'> {
  /** Sends a piece of the response to the request that was given to the instance last. */
  readonly respond: (piece: ResponsePiece) => void
  /** Sends what of it is kept for what follows. */
  readonly flush: () => void
}

/** A request that came in, as `wasi:http/incoming-handler#handle` takes it. */
export interface AcceptedRequest {
  readonly args: readonly [request: object, out: object]
  /** To be called when the plugin has returned. */
  end(): void
}

/** `wasi:http/types` and `outgoing-handler`, for one instance. What is allowed is decided on the host's thread. */
export function createHttp({ services, waiter, respond, flush }: HttpContext) {
  const held = new HeldBytes(HELD)
  class InstanceFields extends Fields {
    constructor() {
      super(held)
    }
  }
  const link: HttpLink = { services, waiter, held, Fields: InstanceFields }
  return {
    types: {
      Fields: InstanceFields,
      FutureIncomingResponse,
      FutureTrailers,
      IncomingBody,
      IncomingRequest,
      IncomingResponse,
      OutgoingBody,
      OutgoingRequest: class extends OutgoingRequest {
        constructor(headers: Fields) {
          super(headers, link)
        }
      },
      OutgoingResponse: class extends OutgoingResponse {
        constructor(headers: Fields) {
          super(headers, link)
        }
      },
      RequestOptions,
      ResponseOutparam,
      httpErrorCode: (error: IoError) => codeOf(error, 'http'),
    },
    outgoingHandler: {
      handle(
        request: OutgoingRequest,
        options: RequestOptions | undefined,
      ): Awaitable<FutureIncomingResponse> {
        const { body, ...target } = requestParts(request)
        const head: RequestHead = {
          ...target,
          connectTimeoutMs: toMs(options?.connectTimeout()),
          firstByteTimeoutMs: toMs(options?.firstByteTimeout()),
          betweenBytesTimeoutMs: toMs(options?.betweenBytesTimeout()),
        }
        const send = () =>
          chain(link.services.call('http.open', [head, body === undefined]), (id) =>
            chain(body?.attach(requestTarget(link, id)), () => new FutureIncomingResponse(link, id)),
          )
        const refused = (error: unknown) => {
          // A guest that was told by `handle` itself would be left with half of a body: engines cannot cope with it.
          if (!ComponentError.is(error)) throw error
          body?.refuse()
          return new RefusedResponse(link, error.payload)
        }
        return lastly(
          () => rescue(send, refused),
          () => request[DISPOSE](),
        )
      },
    },
    accept(id: number, head: IncomingHead): AcceptedRequest {
      const sender = new ResponseSender({
        id,
        isHead: head.method === 'HEAD',
        services,
        post: respond,
        flush,
      })
      return {
        args: [new IncomingRequest(link, id, head), new ResponseOutparam(sender)],
        end: () => sender.close(),
      }
    },
  }
}

function requestTarget({ services }: HttpLink, id: number): BodyTarget {
  return {
    write: (bytes) => services.call('http.write', [id, Uint8Array.from(bytes)]),
    end: (trailers) => services.call('http.end', [id, trailers]),
    abandon: () => unawaited(services.call('http.close', [id])),
  }
}

function toMs(duration: bigint | undefined): number | null {
  if (duration === undefined) return null
  return Math.max(1, Math.min(Number(duration) / 1e6, 2 ** 31 - 1))
}
