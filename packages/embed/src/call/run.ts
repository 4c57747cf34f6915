import { programOf } from '../contract/command.js'
import { errors } from '../errors/index.js'
import { named } from '../errors/named.js'
import { onAbort } from '../on-abort.js'
import type { CallOptions } from '../options/given.js'
import type { ProgramExchange } from '../program/program-exchange.js'
import { admit, type CallContext, enter, type Running, underDeadline } from './call.js'
import { Leaving } from './leaving.js'

/** Runs a program from its beginning to its end, in an instance of its own; what comes of it is in `exchange`. */
export function runProgram(
  context: CallContext,
  exchange: ProgramExchange,
  { timeoutMs, signal: client }: CallOptions,
): void {
  const func = admit(context, () => programOf(context.contract, context.plugin))
  const call = enter(context, func.name)
  const leaving = new Leaving(() => client?.reason)
  exchange.onCancel = leaving.leave
  const cancel = () =>
    exchange.cancel(named(errors.CALL_ABORTED({}, client?.reason), context.plugin, func.name))
  const off = client && onAbort(client, cancel)
  if (client?.aborted) cancel()
  const run = async ({ signal, acquire }: Running) => {
    const slot = await acquire()
    leaving.enter()
    const { fuel } = context.limits
    exchange.done(await slot.program({ id: call.id, func, exchange, fuel, signal }))
  }
  const options = { ...(timeoutMs !== undefined && { timeoutMs }), signal: leaving.signal }
  underDeadline(context, call, { options, run })
    .catch((error) => exchange.fail(error))
    .finally(() => {
      off?.()
      leaving.over()
    })
}
