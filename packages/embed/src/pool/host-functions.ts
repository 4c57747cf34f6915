import type { HostFunction, HostFunctions } from '../contract/host-function.js'
import { encodeError } from '../errors/wire-error.js'
import type { DebugInformation } from '../frames/frame-finder.js'
import type { AnsweringExchange } from '../http/exchange.js'
import type { AcceptedExchange, ThreadServices } from '../ports.js'
import type { ThreadResources } from '../resource/thread-resources.js'
import { inTurns } from '../turn.js'
import type { AnsweredRequest, Outcome } from '../wire/messages.js'
import { plainError, plainResult } from '../wire/plain-values.js'
import { Room } from '../wire/room.js'

/** What the host's thread does for one thread of a plugin. */
export interface ThreadServer {
  /** What the thread shares with the application. */
  readonly resources: ThreadResources
  answer(request: AnsweredRequest): Promise<Outcome>
  /** What a function without handles comes to that has been called. */
  answerWith(func: HostFunction, returned: Returned): Promise<Outcome>
  /** Lets the thread ask for what there is of a request that it answers. */
  accept(exchange: AnsweringExchange): AcceptedExchange
  /** The thread runs a call from now on, or waits for one. */
  idle(isIdle: boolean): void
  /** Ends the connections that the thread has open, and disposes what it holds of the application. */
  close(): void
}

/** What a function of the application returned, which may be a promise, or threw. */
export type Returned = { readonly value: unknown } | { readonly error: unknown }

/**
 * Answers what a plugin asks of the host's thread: functions of the application and the framework's services. What a
 * function throws does not reach the plugin, except a `ComponentError`, which is the `err` of its `result`.
 */
export function serveThread(parts: Served): ThreadServer {
  return {
    resources: parts.resources,
    answer: (request) => outcomeOf(() => run(request, parts)),
    answerWith: (func, returned) =>
      outcomeOf(() => plainAnswer(func, () => unwrapped(returned), { maxValues: parts.maxValues })),
    accept: (exchange) => parts.services.accept(exchange),
    idle: (isIdle) => parts.services.idle(isIdle),
    close() {
      parts.services.close()
      void parts.resources.drain()
    },
  }
}

export interface Served {
  readonly functions: HostFunctions
  readonly services: ThreadServices
  readonly resources: ThreadResources
  readonly debug: () => Promise<DebugInformation | null>
  /** Values that the thread has room for. */
  readonly maxValues: number
}

async function run(
  request: AnsweredRequest,
  { functions, services, resources, debug, maxValues }: Served,
): Promise<unknown> {
  switch (request.kind) {
    case 'service':
      return await services.answer(request.service, request.args)
    case 'function': {
      const found = functions.get(request.instance)?.get(request.func)
      return found && (await callFunction(found, request.args, { resources, maxValues }))
    }
    case 'drop':
      return await resources.drop(request.resource)
    case 'debug':
      return await debug()
    case 'drain':
      return await resources.drain()
  }
}

async function outcomeOf(run: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { ok: true, value: await run() }
  } catch (error) {
    return { ok: false, error: encodeError(error) }
  }
}

function unwrapped(returned: Returned): unknown {
  if ('error' in returned) throw returned.error
  return returned.value
}

async function callFunction(
  func: HostFunction,
  args: readonly unknown[],
  { resources, maxValues }: Pick<Served, 'resources' | 'maxValues'>,
): Promise<unknown> {
  const { call, handles } = func
  if (handles === null) return await plainAnswer(func, () => call(...args), { maxValues })
  // Only objects of the application: a plugin's resources appear in its exports alone. No answer has a borrow.
  const { toApp, toPlugin } = resources.begin()
  try {
    const given = await inTurns(handles.inSteps.args(args, toApp))
    const answer = await plainAnswer(func, () => call(...given), { maxValues })
    return await inTurns(handles.inSteps.result(answer, toPlugin))
  } catch (error) {
    throw await inTurns(handles.inSteps.error(error, toPlugin))
  }
}

/** What `answer` comes to, in plain values; handles are left as they are. */
async function plainAnswer(
  func: HostFunction,
  answer: () => unknown,
  { maxValues }: Pick<Served, 'maxValues'>,
): Promise<unknown> {
  const to = () => ({ room: new Room(maxValues), onHandle: (value: unknown) => value })
  try {
    return await inTurns(plainResult(func, await answer(), to()))
  } catch (error) {
    throw await inTurns(plainError(func, error, to()))
  }
}
