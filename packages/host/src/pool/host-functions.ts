import type { ThreadServices } from '../capability/index.js'
import { encodeError } from '../errors/wire-error.js'
import type { HostFunctions } from '../load/imports.js'
import type { HostReply, HostRequest } from '../wire/messages.js'

/** What the host's thread does for one thread of a plugin. */
export interface ThreadServer {
  answer(request: HostRequest): Promise<HostReply>
  /** Ends the connections that the thread has open. */
  close(): void
}

/**
 * Answers what a plugin asks of the host's thread: functions of the application and the framework's services. What a
 * function throws does not reach the plugin, except a `ComponentError`, which is the `err` of its `result`.
 */
export function serveThread(functions: HostFunctions, services: ThreadServices): ThreadServer {
  return {
    async answer(request) {
      try {
        return { ok: true, value: await run(request, functions, services.handlers) }
      } catch (error) {
        return { ok: false, error: encodeError(error) }
      }
    },
    close: () => services.close(),
  }
}

async function run(
  { kind, instance, func, args }: HostRequest,
  functions: HostFunctions,
  services: ThreadServices['handlers'],
): Promise<unknown> {
  if (kind === 'service') {
    // The names are ours, but the lookup is of own properties all the same.
    const service = Object.hasOwn(services, func) ? services[func] : undefined
    return await service?.([...args])
  }
  return await functions.get(instance)?.get(func)?.(...args)
}
