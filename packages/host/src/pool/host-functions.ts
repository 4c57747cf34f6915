import { encodeError } from '../errors/wire-error.js'
import type { HostFunctions } from '../load/imports.js'
import type { HostReply, HostRequest } from '../wire/messages.js'

export type Services = Readonly<Record<string, (args: unknown[]) => Promise<unknown>>>

/**
 * Answers what a plugin asks of the host's thread: functions of the application and the framework's services. What a
 * function throws does not reach the plugin, except a `ComponentError`, which is the `err` of its `result`.
 */
export function answerHostRequests(functions: HostFunctions, services: Services) {
  return async (request: HostRequest): Promise<HostReply> => {
    try {
      return { ok: true, value: await run(request, functions, services) }
    } catch (error) {
      return { ok: false, error: encodeError(error) }
    }
  }
}

async function run(
  { kind, instance, func, args }: HostRequest,
  functions: HostFunctions,
  services: Services,
): Promise<unknown> {
  if (kind === 'service') {
    // The names are ours, but the lookup is of own properties all the same.
    const service = Object.hasOwn(services, func) ? services[func] : undefined
    return await service?.([...args])
  }
  return await functions.get(instance)?.get(func)?.(...args)
}
