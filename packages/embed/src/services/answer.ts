import {
  errors,
  type ImmediateHandlers,
  type ServiceArgs,
  type ServiceCaller,
  type ServiceHandlers,
  type ServiceName,
  type ServiceResult,
} from '@wasm-plugin/wasi'
import type { ThreadServices } from '../ports.js'

type Handlers = {
  readonly [K in ServiceName]?: (...args: ServiceArgs<K>) => ServiceResult<K> | Promise<ServiceResult<K>>
}

/** Answers what a thread asks; what there is no handler for fails with {SERVICE_UNAVAILABLE}. */
export function answerBy(given: ServiceHandlers): ThreadServices['answer'] {
  const handlers: Handlers = given
  return async (service, args) => {
    // The name may come from another process, where a plugin may have broken out.
    const handler = Object.hasOwn(handlers, service) ? handlers[service] : undefined
    if (handler === undefined) throw errors.SERVICE_UNAVAILABLE({ service })
    return await handler(...args)
  }
}

/** The same in the application's thread, where nothing is waited for. */
export function callerOf(handlers: ImmediateHandlers): ServiceCaller {
  return {
    call(service, args) {
      const handler = handlers[service]
      if (handler === undefined) throw errors.SERVICE_UNAVAILABLE({ service })
      return handler(...args)
    },
  }
}
