import type { ConnectionCount } from '@wasm-plugin/embed/services'
import { canonicalHost, type NetTarget } from '@wasm-plugin/manifest/grammar'
import type { Gate, Use } from '@wasm-plugin/wasi'
import {
  type Datagram,
  type Endpoint,
  networkError,
  type ShutdownType,
  type SocketEvent,
} from '@wasm-plugin/wasi'
import { builtIn } from '../../node/built-in.js'
import type { Connecting } from './connecting.js'
import { type Lookup, resolveHost } from './resolve.js'
import { fromNodeError } from './socket-errors.js'
import { TcpConnection } from './tcp-connection.js'
import { UdpSocket } from './udp-socket.js'

export interface SocketServiceParts {
  readonly gate: Gate
  readonly count: ConnectionCount
  readonly connecting: Connecting
  readonly nextId: () => number
  readonly lookup: Lookup
}

/** Addresses whose names are remembered per thread, and names per address; the oldest are forgotten first. */
const MAX_NAMES = 1_000

/**
 * TCP, UDP and name lookup of one thread of a plugin, on the host's thread. A plugin connects to addresses while grants speak of
 * names: an address is known by the names that this thread was allowed to resolve and that resolved to it, and those
 * were judged public (or named) then. An address that was not resolved has to be granted itself.
 */
export class SocketService {
  readonly #parts: SocketServiceParts
  readonly #open = new Map<number, TcpConnection | UdpSocket>()
  /** What was allowed, by connection. */
  readonly #uses = new Map<TcpConnection, Use>()
  /** Aborted when everything is closed. */
  #lookups = new AbortController()
  readonly #names = new Map<string, Set<string>>()

  constructor(parts: SocketServiceParts) {
    this.#parts = parts
  }

  /** The addresses of a name that the plugin may connect to. */
  async resolve(name: string): Promise<string[]> {
    const { gate, lookup } = this.#parts
    const host = canonicalHost(builtIn.net.isIP(name) === 6 ? `[${name}]` : name)
    if (host === null) throw networkError('invalid-argument')
    const literal = host.replace(/^\[|\]$/g, '')
    if (builtIn.net.isIP(literal) !== 0) return [literal]
    const use = {
      capability: 'net',
      operation: 'resolve',
      target: `dns://${host}`,
      net: { method: null, scheme: 'dns', host, port: null, path: null },
    } as const
    const { reason } = gate.check(use)
    if (reason !== null) throw networkError('access-denied', reason)
    const { privateAddresses } = gate.grants.current.net
    const { signal } = this.#lookups
    const { open, closed } = await resolveHost(host, privateAddresses, (name) => lookup(name, signal)).catch(
      (error) => {
        throw fromNodeError(error)
      },
    )
    if (open.length === 0 && closed.length > 0) {
      gate.deny({ ...use, target: `${use.target} (${closed.map(({ address }) => address).join(', ')})` })
      throw networkError('access-denied')
    }
    for (const { address } of open) this.#remember(address, host)
    return open.map(({ address }) => address)
  }

  /** Decides about a connection and starts it; the answer is its number. */
  connect(to: Endpoint): number {
    const use = this.#require('tcp', to)
    const { gate, connecting } = this.#parts
    const { connectTimeoutMs } = gate.grants.current.net.limits
    return this.#add((onOver) => {
      const connection = new TcpConnection(to, { connectTimeoutMs, connecting, onOver })
      this.#uses.set(connection, use)
      return connection
    })
  }

  finish(id: number) {
    return this.#tcp(id).finish()
  }

  async read(id: number, max: number, wait: boolean): Promise<Uint8Array | null> {
    const connection = this.#tcp(id)
    if (wait) await connection.whenReady('readable')
    return connection.read(max)
  }

  write(id: number, bytes: Uint8Array): Promise<void> {
    return this.#tcp(id).write(bytes)
  }

  shutdown(id: number, how: ShutdownType): void {
    this.#tcp(id).shutdown(how)
  }

  async bindUdp(family: 4 | 6, address: string): Promise<{ id: number; local: Endpoint }> {
    const id = this.#add((onOver) => new UdpSocket(family, onOver))
    try {
      return { id, local: await this.#udp(id).bind(address) }
    } catch (error) {
      this.close(id)
      throw error
    }
  }

  async send(id: number, datagram: Datagram): Promise<void> {
    const socket = this.#udp(id)
    this.#require('udp', datagram)
    await socket.send(datagram)
  }

  receive(id: number, max: number): Datagram[] {
    const socket = this.#udp(id)
    this.#forgetDenied(socket)
    return socket.receive(max)
  }

  has(id: number): boolean {
    return this.#open.has(id)
  }

  isReady(id: number, event: SocketEvent): boolean {
    return this.#open.get(id)?.isReady(event) ?? true
  }

  async whenReady(id: number, event: SocketEvent, signal: AbortSignal): Promise<void> {
    await this.#open.get(id)?.whenReady(event, signal)
  }

  close(id: number): void {
    const found = this.#open.get(id)
    if (found === undefined) return
    found.close()
    this.#open.delete(id)
    if (found instanceof TcpConnection) this.#uses.delete(found)
  }

  closeAll(): void {
    this.#lookups.abort()
    this.#lookups = new AbortController()
    for (const id of [...this.#open.keys()]) this.close(id)
  }

  /** Ends what the grants, which have become narrower, allow no more. */
  closeDenied(): void {
    for (const found of this.#open.values())
      if (found instanceof TcpConnection) this.#endIfDenied(found)
      else this.#forgetDenied(found)
  }

  #endIfDenied(connection: TcpConnection): void {
    const use = this.#uses.get(connection)
    if (use !== undefined && !this.#parts.gate.allows(use)) connection.close('access-denied')
  }

  #forgetDenied(socket: UdpSocket): void {
    socket.keepPeers((peer) => {
      const use = this.#use('udp', peer)
      return use !== undefined && this.#parts.gate.allows(use)
    })
  }

  #require(scheme: 'tcp' | 'udp', to: Endpoint): Use {
    const use = this.#use(scheme, to)
    if (use === undefined) throw networkError('invalid-argument')
    const { reason } = this.#parts.gate.check(use)
    if (reason !== null) throw networkError('access-denied', reason)
    return use
  }

  #use(scheme: 'tcp' | 'udp', { address, port }: Endpoint): Use | undefined {
    const literal = canonicalHost(builtIn.net.isIP(address) === 6 ? `[${address}]` : address)
    if (literal === null || builtIn.net.isIP(address) === 0) return undefined
    const hosts = [literal, ...(this.#names.get(canonicalAddress(address)) ?? [])]
    const targets = hosts.map((host): NetTarget => ({ method: null, scheme, host, port, path: null }))
    const target = `${scheme}://${hosts.at(-1)}:${port}`
    const operation = scheme === 'tcp' ? 'connect' : 'send'
    return { capability: 'net', operation, target, net: targets }
  }

  #add(make: (onOver: () => void) => TcpConnection | UdpSocket): number {
    const { count, gate, nextId } = this.#parts
    if (count.isFull(gate.grants.current.net.limits.concurrent)) throw networkError('new-socket-limit')
    const id = nextId()
    this.#open.set(id, make(count.add()))
    return id
  }

  #remember(found: string, host: string): void {
    const address = canonicalAddress(found)
    const names = this.#names.get(address) ?? new Set()
    // Resolved again, it is the youngest.
    names.delete(host)
    this.#names.delete(address)
    this.#names.set(address, keepYoungest(names.add(host)))
    keepYoungest(this.#names)
  }

  #tcp(id: number): TcpConnection {
    const found = this.#open.get(id)
    if (!(found instanceof TcpConnection)) throw networkError('invalid-state')
    this.#endIfDenied(found)
    return found
  }

  #udp(id: number): UdpSocket {
    const found = this.#open.get(id)
    if (!(found instanceof UdpSocket)) throw networkError('invalid-state')
    return found
  }
}

/** To be resolved again, which is decided again. */
function keepYoungest<T extends Map<string, unknown> | Set<string>>(all: T): T {
  for (const oldest of all.keys()) {
    if (all.size <= MAX_NAMES) break
    all.delete(oldest)
  }
  return all
}

function canonicalAddress(address: string): string {
  return builtIn.net.isIP(address) === 6
    ? (canonicalHost(`[${address}]`) ?? address).replace(/^\[|\]$/g, '')
    : address
}
