import type { ServiceHandlers } from '@wasm-plugin/wasi'
import type { HttpService } from './http-service.js'

/** The services of the requests that a plugin sends and answers. */
export function httpHandlers(http: HttpService) {
  return {
    'http.open': (head, isWhole) => http.open(head, isWhole),
    'http.write': (id, bytes) => http.write(id, bytes),
    'http.end': (id, trailers) => http.end(id, trailers),
    'http.response': (id) => http.response(id),
    'http.read': (id, max, wait) => http.read(id, max, wait),
    'http.trailers': (id) => http.trailers(id),
    'http.ready': (id, event) => http.isReady(id, event),
    'http.close': (id) => http.close(id),
    'http.sent': (id, bytes) => http.sent(id, bytes),
  } satisfies Partial<ServiceHandlers>
}
