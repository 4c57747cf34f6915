import { httpHandlerOf } from '../contract/http-handler.js'
import { errors } from '../errors/index.js'
import { named } from '../errors/named.js'
import type { HttpResponse } from '../http/answered.js'
import type { HttpRequest } from '../http/given-request.js'
import { IncomingExchange } from '../http/incoming-exchange.js'
import { onAbort } from '../on-abort.js'
import type { HandleOptions } from '../options/given.js'
import type { Slot } from '../pool/slot.js'
import type { SlotRequest } from '../pool/slot-call.js'
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
  const { contract, plugin, limits } = context
  const leaving = new Leaving(() => client?.reason)
  /** That has it on its lane. */
  let lane: Slot | undefined
  const leave = () => {
    if (lane?.calls.takeBack(call.id, errors.CALL_ABORTED({}, client?.reason)) !== true) leaving.leave()
  }
  const { func, exchange } = admit(context, () => ({
    func: httpHandlerOf(contract, plugin),
    exchange: new IncomingExchange({ request, onInformational, onCancel: leave }),
  }))
  const call = enter(context, func.name)
  const cancel = () => exchange.cancel(named(errors.CALL_ABORTED({}, client?.reason), plugin, func.name))
  const off = client && onAbort(client, cancel)
  if (client?.aborted) cancel()
  const run = async (running: Running) => {
    const asked = { id: call.id, func, exchange, reuse, fuel: limits.fuel, signal: running.signal }
    const begun = handleOnLane(context, asked, running)
    if (begun !== undefined) {
      lane = begun.slot
      leaving.enter()
      if (await begun.isAnswered) return exchange.done()
      lane = undefined
      // It may be suspended by now.
      const refused = context.suspension()
      if (refused !== undefined) throw refused
    }
    const slot = await running.acquire()
    leaving.enter()
    await slot.calls.answering.handle(asked)
    exchange.done()
  }
  underDeadline(context, call, {
    options: { ...(timeoutMs !== undefined && { timeoutMs }), signal: leaving.signal },
    run,
  }).then(
    () => over(),
    (error) => over(error),
  )
  const over = (error?: unknown) => {
    exchange.end(error)
    off?.()
    leaving.over()
  }
  return await exchange.response
}

/** Undefined where the request has to go by message. */
function handleOnLane(
  { pool }: CallContext,
  asked: SlotRequest,
  { signal, hold }: Running,
): { readonly slot: Slot; readonly isAnswered: Promise<boolean> } | undefined {
  const slot = signal.aborted || !asked.exchange.hasWholeRequest ? undefined : pool.acquireForLane()
  if (slot === undefined) return undefined
  const isAnswered = slot.calls.answering.handleOnLane(asked)
  if (isAnswered !== undefined) return { slot: hold(slot), isAnswered }
  pool.release(slot)
  return undefined
}
