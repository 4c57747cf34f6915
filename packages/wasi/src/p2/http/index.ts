import { ComponentError } from '@wasm-plugin/runtime'
import { DISPOSE } from '@wasm-plugin/runtime/internal'
import { HeldBytes } from '../../grants/held-bytes.js'
import type { RequestHead } from '../../protocol/http.js'
import { codeOf, type IoError } from '../io/error.js'
import { FutureTrailers, IncomingBody, OutgoingBody } from './body.js'
import { Fields } from './fields.js'
import type { HttpLink } from './link.js'
import { OutgoingRequest, RequestOptions, requestParts } from './request.js'
import { FutureIncomingResponse, IncomingResponse, RefusedResponse } from './response.js'
import { IncomingRequest, OutgoingResponse, ResponseOutparam } from './server-types.js'

/** Bytes for the fields, unsent bodies and paths of one instance: thousands of ordinary messages. */
const HELD = 16 << 20

/** `wasi:http/types` and `outgoing-handler`, for one instance. What is allowed is decided on the host's thread. */
export function createHttp({ services, waiter }: Pick<HttpLink, 'services' | 'waiter'>) {
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
      handle(request: OutgoingRequest, options: RequestOptions | undefined): FutureIncomingResponse {
        const { body, ...target } = requestParts(request)
        const head: RequestHead = {
          ...target,
          connectTimeoutMs: toMs(options?.connectTimeout()),
          firstByteTimeoutMs: toMs(options?.firstByteTimeout()),
          betweenBytesTimeoutMs: toMs(options?.betweenBytesTimeout()),
        }
        try {
          const id = link.services.call('http.open', [head, body === undefined])
          body?.attach(link, id)
          return new FutureIncomingResponse(link, id)
        } catch (error) {
          // A guest that was told by `handle` itself would be left with half of a body: engines cannot cope with it.
          if (!ComponentError.is(error)) throw error
          body?.refuse()
          return new RefusedResponse(link, error.payload)
        } finally {
          request[DISPOSE]()
        }
      },
    },
  }
}

function toMs(duration: bigint | undefined): number | null {
  if (duration === undefined) return null
  return Math.max(1, Math.min(Number(duration) / 1e6, 2 ** 31 - 1))
}
