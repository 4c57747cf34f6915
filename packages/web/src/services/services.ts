import type { PluginServices, ServicesContext, ThreadServices } from '@wasm-plugin/embed'
import {
  answerBy,
  ConnectionCount,
  callerOf,
  HttpService,
  httpHandlers,
  immediateStoreHandlers,
  type Stores,
  storeHandlers,
  waitForAny,
} from '@wasm-plugin/embed/services'
import type { HttpEvent, ServiceCaller, ServiceHandlers } from '@wasm-plugin/wasi'
import type { PluginFolders } from './folders/plugin-folders.js'
import { pageStores } from './keyvalue/page-stores.js'
import { FetchExchange } from './net/fetch-exchange.js'
import { noSockets } from './net/no-sockets.js'

/** The services of one plugin: stores are shared by its threads, requests belong to one of them each. */
export class Services implements PluginServices {
  readonly #context: ServicesContext
  readonly #stores: Stores
  readonly #connections = new ConnectionCount()
  /** Those of the browser, where there are any. */
  #folders: PluginFolders | undefined
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
    const folders = this.#folders?.forThread()
    const closeDenied = () => http.closeDenied()
    this.#closeDenied.add(closeDenied)
    const handlers: ServiceHandlers = {
      ...httpHandlers(http),
      ...storeHandlers(this.#stores),
      ...noSockets(gate),
      ...folders?.handlers(),
      'net.close': () => http.closeAll(),
      'events.seen': () => undefined,
      'grants.latest': () => gate.grants.latest(),
      'io.wait': (waits, ms) =>
        waitForAny(waits, ms, ([id, event], signal) => http.whenReady(id, event as HttpEvent, signal)),
    }
    return {
      answer: answerBy(handlers),
      accept: (exchange) => http.accept(exchange),
      idle() {},
      close: () => {
        this.#closeDenied.delete(closeDenied)
        http.closeAll()
        folders?.close()
      },
    }
  }

  forCaller(): ServiceCaller {
    const http = this.#http(() => 0)
    return callerOf({ ...immediateStoreHandlers(this.#stores), 'http.open': (head) => http.open(head) })
  }

  closeDenied(): void {
    for (const closeDenied of this.#closeDenied) closeDenied()
  }

  /** @throws {STORE_UNUSABLE} {GRANTS_INVALID} {GRANT_PATH_MISSING} {GRANT_PATH_NOT_DIRECTORY} {FOLDER_NOT_PERMITTED} */
  async start(): Promise<void> {
    const { gate } = this.#context
    const picked = gate.grants.initial.fs.filter((grant) => 'isPicked' in grant)
    if (picked.length > 0) {
      // Most pages have none.
      const { PluginFolders } = await import('./folders/plugin-folders.js')
      this.#folders = await PluginFolders.open(picked, gate)
    }
    await this.#stores.start()
  }

  async close(): Promise<void> {
    this.#stores.close()
  }

  #http(nextId: () => number): HttpService {
    const exchange = (request: ConstructorParameters<typeof FetchExchange>[0]) => new FetchExchange(request)
    return new HttpService({ gate: this.#context.gate, count: this.#connections, nextId, exchange })
  }
}
