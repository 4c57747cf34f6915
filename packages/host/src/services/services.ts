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
import type { ServiceCaller, ServiceHandlers, ServiceName, StoreServices } from '@wasm-plugin/wasi'
import { removeScratch } from '../node/scratch.js'
import { fileStores } from './keyvalue/file-stores.js'
import { Connecting } from './net/connecting.js'
import { Names } from './net/names.js'
import { exchanges } from './net/open-exchange.js'
import type { Lookup } from './net/resolve.js'
import { SocketService } from './net/socket-service.js'

/** How names are resolved: as `Names` does, unless it is given. */
interface Context extends ServicesContext {
  readonly lookup?: Lookup
}

/** The services of one plugin: stores are shared by its threads, connections belong to one of them each. */
export class Services implements PluginServices {
  readonly #context: Context
  readonly #stores: Stores
  readonly #connections = new ConnectionCount()
  readonly #lookup: Lookup
  /** Of each thread that lives: ends its connections that are allowed no more. */
  readonly #closeDenied = new Set<() => void>()

  constructor(context: Context) {
    this.#context = context
    this.#stores = fileStores(context.gate)
    this.#lookup = context.lookup ?? new Names().lookup
  }

  forThread(): ThreadServices {
    const { gate } = this.#context
    let last = 0
    const connecting = new Connecting()
    const parts = { gate, lookup: this.#lookup, connecting, count: this.#connections, nextId: () => ++last }
    const http = new HttpService({ ...parts, exchange: exchanges(parts) })
    const sockets = new SocketService(parts)
    const closeAll = () => {
      http.closeAll()
      sockets.closeAll()
    }
    const closeDenied = () => {
      http.closeDenied()
      sockets.closeDenied()
    }
    this.#closeDenied.add(closeDenied)
    const handlers: ServiceHandlers = {
      ...connectionHandlers(http, sockets),
      ...storeHandlers(this.#stores),
      'net.close': closeAll,
      'events.seen': () => undefined,
      'grants.latest': () => gate.grants.latest(),
    }
    return {
      answer: answerBy(handlers),
      accept: (exchange) => http.accept(exchange),
      idle: (isIdle) => (isIdle ? connecting.idle() : connecting.busy()),
      close: () => {
        connecting.busy()
        this.#closeDenied.delete(closeDenied)
        closeAll()
      },
    }
  }

  /** For a plugin in the application's thread, where nothing can be waited for; it has no grant for the network. */
  forCaller(): ServiceCaller {
    const { gate } = this.#context
    const http = new HttpService({
      gate,
      count: this.#connections,
      nextId: () => 0,
      exchange: exchanges({ gate, connecting: new Connecting(), lookup: noLookup }),
    })
    return callerOf({ ...immediateStoreHandlers(this.#stores), 'http.open': (head) => http.open(head) })
  }

  /** To be called when the grants have become narrower: open connections do not wait for their next use. */
  closeDenied(): void {
    for (const closeDenied of this.#closeDenied) closeDenied()
  }

  /** Reads what the plugin keeps. @throws {STORE_UNUSABLE} */
  start(): Promise<void> {
    return this.#stores.start()
  }

  /** Closes the stores, and removes scratch directories. */
  async close(): Promise<void> {
    this.#stores.close()
    const { gate, onScratchLeft = () => {} } = this.#context
    await removeScratch(gate.grants.initial.fs, onScratchLeft)
  }
}

type ConnectionName = Exclude<
  ServiceName,
  keyof StoreServices | 'net.close' | 'events.seen' | 'grants.latest'
>

function connectionHandlers(
  http: HttpService,
  sockets: SocketService,
): Pick<ServiceHandlers, ConnectionName> {
  return {
    ...httpHandlers(http),
    'dns.resolve': (name) => sockets.resolve(name),
    'tcp.open': (to) => sockets.connect(to),
    'tcp.finish': (id) => sockets.finish(id),
    'tcp.read': (id, max, wait) => sockets.read(id, max, wait),
    'tcp.write': (id, bytes) => sockets.write(id, bytes),
    'tcp.shutdown': (id, how) => sockets.shutdown(id, how),
    'udp.open': (family, address) => sockets.bindUdp(family, address),
    'udp.send': (id, datagram) => sockets.send(id, datagram),
    'udp.receive': (id, max) => sockets.receive(id, max),
    'socket.ready': (id, event) => sockets.isReady(id, event),
    'socket.close': (id) => sockets.close(id),
    'io.wait': (waits, ms) =>
      waitForAny(waits, ms, ([id, event], signal) =>
        event === 'connected' || event === 'readable'
          ? sockets.whenReady(id, event, signal)
          : http.whenReady(id, event, signal),
      ),
  }
}

/** Without a grant for the network, every request is denied before its host is looked up. */
const noLookup: Lookup = (host) => Promise.reject(new Error(`nothing here looks up ${host}`))
