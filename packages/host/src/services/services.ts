import { errors } from '../errors/capability-codes.js'
import type { Gate } from '../grants/gate.js'
import { removeScratch } from '../grants/scratch.js'
import { type StoreRequest, Stores } from './keyvalue/store.js'
import { ConnectionCount } from './net/connection-count.js'
import type { FieldList, HttpEvent, RequestHead } from './net/http-protocol.js'
import { HttpService } from './net/http-service.js'
import type { Lookup } from './net/resolve.js'
import { SocketService } from './net/socket-service.js'
import type { Endpoint } from './net/tcp-connection.js'
import type { Datagram } from './net/udp-socket.js'

export interface ServicesContext {
  readonly gate: Gate
  /** How names are resolved. @default the system's resolver */
  readonly lookup?: Lookup
}

export type ServiceHandler = (args: unknown[]) => Promise<unknown>

/** What one thread of a plugin asks of the host's thread, because it is asynchronous. Ends with the thread. */
export interface ThreadServices {
  /** By the names that `ServiceCaller.call` uses. Null-prototype. */
  readonly handlers: Readonly<Record<string, ServiceHandler>>
  /** Ends every connection of the thread. */
  close(): void
}

/** The services of one plugin: stores are shared by its threads, connections belong to one of them each. */
export class Services {
  readonly #context: ServicesContext
  readonly #stores: Stores
  readonly #connections = new ConnectionCount()
  /** Of each thread that lives: ends its connections that are allowed no more. */
  readonly #closeDenied = new Set<() => void>()

  constructor(context: ServicesContext) {
    this.#context = context
    this.#stores = new Stores(context.gate)
  }

  forThread(): ThreadServices {
    const { gate, lookup } = this.#context
    let last = 0
    const parts = { gate, lookup, count: this.#connections, nextId: () => ++last }
    const http = new HttpService(parts)
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
    const handlers = { ...handlersOf(http, sockets), ...this.#shared(), 'net.close': async () => closeAll() }
    return {
      handlers: Object.freeze(Object.assign(Object.create(null), handlers)),
      close: () => {
        this.#closeDenied.delete(closeDenied)
        closeAll()
      },
    }
  }

  /** For a plugin in the application's thread, where nothing can be waited for; it has no grant for the network. */
  forCaller() {
    const { gate } = this.#context
    const http = new HttpService({ gate, count: this.#connections, nextId: () => 0 })
    return {
      call: (service: string, args: readonly unknown[]): unknown => {
        if (service === 'keyvalue') return this.#stores.runNow(args as unknown as StoreRequest)
        if (service === 'http.open') return http.open(args[0] as RequestHead)
        throw errors.SERVICE_UNAVAILABLE({ service })
      },
    }
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
  close(): void {
    this.#stores.close()
    removeScratch(this.#context.gate.grants.initial.fs)
  }

  #shared(): Record<string, ServiceHandler> {
    return {
      // Nothing to do: the answer says that the events before it have been taken in.
      'events.seen': async () => undefined,
      'grants.latest': async () => this.#context.gate.grants.latest(),
      keyvalue: (args) => this.#stores.run(args as unknown as StoreRequest),
    }
  }
}

// The other end of all of these is `wasi/` of this package, so the arguments have the types that it sends.

function handlersOf(http: HttpService, sockets: SocketService): Record<string, ServiceHandler> {
  return {
    'http.open': async ([head]) => http.open(head as RequestHead),
    'http.write': ([id, bytes]) => http.write(id as number, bytes as Uint8Array),
    'http.end': ([id, trailers]) => http.end(id as number, trailers as FieldList),
    'http.response': ([id]) => http.response(id as number),
    'http.read': ([id, max, wait]) => http.read(id as number, max as number, wait as boolean),
    'http.trailers': ([id]) => http.trailers(id as number),
    'http.ready': async ([id, event]) => http.isReady(id as number, event as HttpEvent),
    'http.close': async ([id]) => http.close(id as number),
    'dns.resolve': ([name]) => sockets.resolve(name as string),
    'tcp.open': async ([to]) => sockets.connect(to as Endpoint),
    'tcp.finish': async ([id]) => sockets.finish(id as number),
    'tcp.read': ([id, max, wait]) => sockets.read(id as number, max as number, wait as boolean),
    'tcp.write': async ([id, bytes]) => sockets.write(id as number, bytes as Uint8Array),
    'tcp.shutdown': async ([id, how]) => sockets.shutdown(id as number, how as string),
    'udp.open': ([family, address]) => sockets.bindUdp(family as 4 | 6, address as string),
    'udp.send': ([id, datagram]) => sockets.send(id as number, datagram as Datagram),
    'udp.receive': async ([id, max]) => sockets.receive(id as number, max as number),
    'socket.ready': async ([id, event]) => sockets.isReady(id as number, event as string),
    'socket.close': async ([id]) => sockets.close(id as number),
    'io.wait': ([waits, ms]) =>
      waitForAny(waits as [number, string][], ms as number | null, (id, event, signal) =>
        sockets.has(id)
          ? sockets.whenReady(id, event, signal)
          : http.whenReady(id, event as HttpEvent, signal),
      ),
  }
}

type Wait = (id: number, event: string, signal: AbortSignal) => Promise<void>

/** Resolves when one of `waits` is ready, or after `ms`. */
async function waitForAny(waits: readonly [number, string][], ms: number | null, wait: Wait): Promise<void> {
  const done = new AbortController()
  const timer = ms === null ? undefined : setTimeout(() => done.abort(), Math.min(ms, 2 ** 31 - 1))
  try {
    await Promise.race(waits.map(([id, event]) => wait(id, event, done.signal)))
  } finally {
    clearTimeout(timer)
    done.abort()
  }
}
