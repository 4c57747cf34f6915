import type { ImmediateHandlers, ServiceCaller } from '@wasm-plugin/wasi'
import { httpError } from './exchange.js'

/** Services of a plugin whose response nobody has to take before it goes on, of no more than so many bytes. */
export function sentAtOnce(services: ServiceCaller, maxBytes: number): ServiceCaller {
  const handlers: ImmediateHandlers = {
    'http.sent': (_, bytes) => {
      if (bytes > maxBytes) throw httpError({ tag: 'HTTP-response-body-size', val: BigInt(bytes) })
      return bytes
    },
  }
  return {
    call(service, args) {
      const handler = handlers[service]
      return handler === undefined ? services.call(service, args) : handler(...args)
    },
  }
}
