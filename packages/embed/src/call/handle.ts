import { httpHandlerOf } from '../contract/http-handler.js'
import { errors } from '../errors/index.js'
import { named } from '../errors/named.js'
import type { HttpRequest } from '../http/given-request.js'
import { type HttpResponse, IncomingExchange } from '../http/incoming-exchange.js'
import { onAbort } from '../on-abort.js'
import type { HandleOptions } from '../options/given.js'
import { admit, type CallContext, enter, type Running, underDeadline } from './call.js'
import { Leaving } from './leaving.js'

/**
 * Has a plugin answer a request. The promise settles when the response begins; the call goes on while its body is sent.
 * Without a client the plugin gets a moment to end by itself, because another thread costs more than that.
 */
export async function runHandle(
  context: CallContext,
  request: HttpRequest,
  { reuse = Number.POSITIVE_INFINITY, onInformational, timeoutMs, signal: client }: HandleOptions,
): Promise<HttpResponse> {
  const leaving = new Leaving(() => client?.reason)
  const { func, exchange } = admit(context, () => ({
    func: httpHandlerOf(context.contract, context.plugin),
    exchange: new IncomingExchange({ request, onInformational, onCancel: leaving.leave }),
  }))
  const call = enter(context, func.name)
  const cancel = () =>
    exchange.cancel(named(errors.CALL_ABORTED({}, client?.reason), context.plugin, func.name))
  const off = client && onAbort(client, cancel)
  if (client?.aborted) cancel()
  const run = async ({ signal, acquire }: Running) => {
    const slot = await acquire()
    leaving.enter()
    await slot.handle({ id: call.id, func, exchange, reuse, fuel: context.limits.fuel, signal })
    exchange.done()
  }
  const options = { ...(timeoutMs !== undefined && { timeoutMs }), signal: leaving.signal }
  underDeadline(context, call, { options, run })
    .then(
      () => exchange.end(),
      (error) => exchange.end(error),
    )
    .finally(() => {
      off?.()
      leaving.over()
    })
  return await exchange.response
}
