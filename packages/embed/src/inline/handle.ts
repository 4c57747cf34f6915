import { httpHandlerOf } from '../contract/http-handler.js'
import { errors } from '../errors/index.js'
import { named } from '../errors/named.js'
import type { HttpResponse } from '../http/answered.js'
import { isBytes } from '../http/field-bytes.js'
import type { HttpRequest } from '../http/given-request.js'
import { IncomingExchange } from '../http/incoming-exchange.js'
import type { InlineHandleOptions } from '../options/given.js'
import type { InlineBuild } from './inline-build.js'

/** Has a plugin in the application's thread answer a request, whose body is there: all of the answer is, too. */
export function handleInline(
  { plugin, build }: { readonly plugin: string; readonly build: InlineBuild },
  request: HttpRequest,
  { reuse = Number.POSITIVE_INFINITY, onInformational, signal }: InlineHandleOptions,
): HttpResponse {
  try {
    const func = httpHandlerOf(build.shown.contract, plugin)
    const exchange = new IncomingExchange({ request, onInformational, onCancel: nobody, isAtOnce: true })
    const { body } = request
    if (body !== undefined && body !== null && !isBytes(body)) throw errors.HTTP_NEEDS_THREAD({ plugin })
    if (signal?.aborted) throw errors.CALL_ABORTED({}, signal.reason)
    try {
      build.handle(func, exchange, reuse)
      exchange.end()
    } catch (error) {
      exchange.end(error)
    }
    // A call that has ended has answered, or failed.
    return exchange.answered as HttpResponse
  } catch (error) {
    throw named(error, plugin)
  }
}

/** Hears of what ends a call that is over. */
const nobody = () => {}
