import type { HostFunction, HostFunctions } from '../contract/host-function.js'
import { encodeError } from '../errors/wire-error.js'
import type { ThreadServices } from '../ports.js'
import type { ThreadResources } from '../resource/thread-resources.js'
import { inTurns } from '../turn.js'
import type { HostRequest, Outcome } from '../wire/messages.js'
import { plainError, plainResult } from '../wire/plain-values.js'
import { Room } from '../wire/room.js'

/** What the host's thread does for one thread of a plugin. */
export interface ThreadServer {
  /** What the thread shares with the application. */
  readonly resources: ThreadResources
  answer(request: HostRequest): Promise<Outcome>
  /** The thread runs a call from now on, or waits for one. */
  idle(isIdle: boolean): void
  /** Ends the connections that the thread has open, and disposes what it holds of the application. */
  close(): void
}

/**
 * Answers what a plugin asks of the host's thread: functions of the application and the framework's services. What a
 * function throws does not reach the plugin, except a `ComponentError`, which is the `err` of its `result`.
 */
export function serveThread(parts: Served): ThreadServer {
  return {
    resources: parts.resources,
    async answer(request) {
      try {
        return { ok: true, value: await run(request, parts) }
      } catch (error) {
        return { ok: false, error: encodeError(error) }
      }
    },
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
  /** Values that the thread has room for. */
  readonly maxValues: number
}

async function run(
  request: HostRequest,
  { functions, services, resources, maxValues }: Served,
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
    case 'drain':
      return await resources.drain()
  }
}

async function callFunction(
  func: HostFunction,
  args: readonly unknown[],
  { resources, maxValues }: Pick<Served, 'resources' | 'maxValues'>,
): Promise<unknown> {
  const { call, handles } = func
  const to = () => ({ room: new Room(maxValues), onHandle: (value: unknown) => value })
  if (handles === null) {
    try {
      return await inTurns(plainResult(func, await call(...args), to()))
    } catch (error) {
      throw await inTurns(plainError(func, error, to()))
    }
  }
  // Only objects of the application: a plugin's resources appear in its exports alone. No answer has a borrow.
  const { toApp, toPlugin } = resources.begin()
  try {
    const given = await inTurns(handles.inSteps.args(args, toApp))
    const answer = await inTurns(plainResult(func, await call(...given), to()))
    return await inTurns(handles.inSteps.result(answer, toPlugin))
  } catch (error) {
    const thrown = await inTurns(plainError(func, error, to()))
    throw await inTurns(handles.inSteps.error(thrown, toPlugin))
  }
}
