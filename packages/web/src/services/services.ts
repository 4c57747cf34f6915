import type { PluginServices, ServicesContext, ThreadServices } from '@wasm-plugin/embed'
import {
  ConnectionCount,
  HttpService,
  httpHandlers,
  immediateStoreHandlers,
  type Stores,
  storeHandlers,
  waitForAny,
} from '@wasm-plugin/embed/services'
import type { HttpEvent, ImmediateHandlers, ServiceCaller, ServiceHandlers } from '@wasm-plugin/wasi'
import { errors } from '@wasm-plugin/wasi'
import { pageStores } from './keyvalue/page-stores.js'
import { FetchExchange } from './net/fetch-exchange.js'
import { noSockets } from './net/no-sockets.js'

/** The services of one plugin: stores are shared by its threads, requests belong to one of them each. */
export class Services implements PluginServices {
  readonly #context: ServicesContext
  readonly #stores: Stores
  readonly #connections = new ConnectionCount()
  /** Of each thread that lives: ends its requests that are allowed no more. */
  readonly #closeDenied = new Set<() => void>()

  constructor(context: ServicesContext) {
    this.#context = context
    this.#stores = pageStores(context.gate)
  }

  forThread(): ThreadServices {
    const { gate } = this.#context
    let last = 0
    const http = this.#http(() => ++last)
    const closeDenied = () => http.closeDenied()
    this.#closeDenied.add(closeDenied)
    const handlers: ServiceHandlers = {
      ...httpHandlers(http),
      ...storeHandlers(this.#stores),
      ...noSockets(gate),
      'net.close': () => http.closeAll(),
      'events.seen': () => undefined,
      'grants.latest': () => gate.grants.latest(),
      'io.wait': (waits, ms) =>
        waitForAny(waits, ms, ([id, event], signal) => http.whenReady(id, event as HttpEvent, signal)),
    }
    return {
      answer: async (service, args) => await handlers[service](...args),
      accept: (exchange) => http.accept(exchange),
      idle() {},
      close: () => {
        this.#closeDenied.delete(closeDenied)
        http.closeAll()
      },
    }
  }

  forCaller(): ServiceCaller {
    const http = this.#http(() => 0)
    const handlers: ImmediateHandlers = {
      ...immediateStoreHandlers(this.#stores),
      'http.open': (head) => http.open(head),
    }
    return {
      call(service, args) {
        const handler = handlers[service]
        if (handler === undefined) throw errors.SERVICE_UNAVAILABLE({ service })
        return handler(...args)
      },
    }
  }

  closeDenied(): void {
    for (const closeDenied of this.#closeDenied) closeDenied()
  }

  start(): Promise<void> {
    return this.#stores.start()
  }

  async close(): Promise<void> {
    this.#stores.close()
  }

  #http(nextId: () => number): HttpService {
    const exchange = (request: ConstructorParameters<typeof FetchExchange>[0]) => new FetchExchange(request)
    return new HttpService({ gate: this.#context.gate, count: this.#connections, nextId, exchange })
  }
}
