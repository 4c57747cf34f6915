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
  exchange.onCancel = (error) => {
    named(error, context.plugin, func.name)
    leaving.leave()
  }
  const cancel = () =>
    exchange.cancel(named(errors.CALL_ABORTED({}, client?.reason), context.plugin, func.name))
  const off = client && onAbort(client, cancel)
  if (client?.aborted) cancel()
  const run = async ({ signal, acquire }: Running) => {
    try {
      // It may have been ended while it waited.
      if (exchange.failure !== undefined) throw exchange.failure
      const slot = await acquire()
      leaving.enter()
      const { fuel } = context.limits
      exchange.done(await slot.calls.answering.program({ id: call.id, func, exchange, fuel, signal }))
    } catch (error) {
      throw exchange.failure ?? error
    }
    // Its program went on to its end all the same.
    if (exchange.failure !== undefined) throw exchange.failure
  }
  const options = { ...(timeoutMs !== undefined && { timeoutMs }), signal: leaving.signal }
  underDeadline(context, call, { options, run })
    .catch((error) => exchange.fail(error))
    .finally(() => {
      off?.()
      leaving.over()
    })
}
