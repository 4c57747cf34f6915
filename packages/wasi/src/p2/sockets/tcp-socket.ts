import { DISPOSE } from '@wasm-plugin/runtime/internal'
import { type Awaitable, chain, unawaited } from '../../awaitable.js'
import type { Endpoint } from '../../protocol/sockets.js'
import { InputStream } from '../io/input-stream.js'
import { OutputStream } from '../io/output-stream.js'
import { Pollable } from '../io/poll.js'
import { always } from '../io/readiness.js'
import { asStream, remoteSource } from '../io/remote-source.js'
import { fromEndpoint, type IpSocketAddress, toEndpoint } from './address.js'
import { type Network, positive, socketError, socketEvent } from './link.js'
import { Socket } from './socket.js'

type State =
  | { readonly name: 'unbound' }
  | { readonly name: 'connecting'; readonly id: number }
  | { readonly name: 'connected'; readonly id: number; readonly local: Endpoint; readonly remote: Endpoint }

const WRITE = 64 << 10

/** `wasi:sockets/tcp#tcp-socket`: outgoing connections. Plugins do not listen, and the system chooses local ports. */
export class TcpSocket extends Socket {
  #state: State = { name: 'unbound' }
  #keepAlive = false
  #idleTime = 7_200_000_000_000n
  #interval = 75_000_000_000n
  #count = 9

  startBind(_network: Network, _local: IpSocketAddress): never {
    throw socketError('access-denied')
  }

  finishBind(): never {
    throw socketError('not-in-progress')
  }

  startConnect(_network: Network, remote: IpSocketAddress): Awaitable<void> {
    if (this.#state.name !== 'unbound') throw socketError('invalid-state')
    if (remote.tag !== this.family || remote.val.port === 0) throw socketError('invalid-argument')
    return chain(this.link.services.call('tcp.open', [toEndpoint(remote)]), (id) => {
      this.#state = { name: 'connecting', id }
    })
  }

  finishConnect(): Awaitable<[InputStream, OutputStream]> {
    if (this.#state.name !== 'connecting') throw socketError('not-in-progress')
    const { services } = this.link
    const { id } = this.#state
    return chain(services.call('socket.ready', [id, 'connected']), (isConnected) => {
      if (!isConnected) throw socketError('would-block')
      return chain(services.call('tcp.finish', [id]), (ends) => {
        this.#state = { name: 'connected', id, ...ends }
        return this.#streams(id)
      })
    })
  }

  startListen(): never {
    throw socketError('access-denied')
  }

  finishListen(): never {
    throw socketError('not-in-progress')
  }

  accept(): never {
    throw socketError('invalid-state')
  }

  localAddress(): IpSocketAddress {
    return fromEndpoint(this.#connected().local)
  }

  remoteAddress(): IpSocketAddress {
    return fromEndpoint(this.#connected().remote)
  }

  isListening(): boolean {
    return false
  }

  setListenBacklogSize(value: bigint): void {
    positive(value)
  }

  keepAliveEnabled(): boolean {
    return this.#keepAlive
  }

  setKeepAliveEnabled(value: boolean): void {
    this.#keepAlive = value
  }

  keepAliveIdleTime(): bigint {
    return this.#idleTime
  }

  setKeepAliveIdleTime(value: bigint): void {
    this.#idleTime = positive(value)
  }

  keepAliveInterval(): bigint {
    return this.#interval
  }

  setKeepAliveInterval(value: bigint): void {
    this.#interval = positive(value)
  }

  keepAliveCount(): number {
    return this.#count
  }

  setKeepAliveCount(value: number): void {
    this.#count = positive(value)
  }

  hopLimit(): number {
    return this.hops
  }

  setHopLimit(value: number): void {
    this.hops = positive(value)
  }

  subscribe(): Pollable {
    const event =
      this.#state.name === 'connecting' ? socketEvent(this.link, this.#state.id, 'connected') : always
    return new Pollable(event, this.link.waiter)
  }

  shutdown(how: 'receive' | 'send' | 'both'): Awaitable<void> {
    return this.link.services.call('tcp.shutdown', [this.#connected().id, how])
  }

  [DISPOSE](): void {
    if (this.#state.name !== 'unbound') unawaited(this.link.services.call('socket.close', [this.#state.id]))
  }

  #streams(id: number): [InputStream, OutputStream] {
    const { services, waiter } = this.link
    const source = remoteSource({
      kind: 'network',
      read: (max) =>
        chain(services.call('tcp.read', [id, max, false]), (bytes) => ({ bytes, isLast: bytes === null })),
      readiness: socketEvent(this.link, id, 'readable'),
    })
    const sink = {
      permit: () => WRITE,
      write: (bytes: Uint8Array) =>
        asStream('network', () => services.call('tcp.write', [id, bytes.slice()])),
      writable: always,
      close() {},
    }
    return [new InputStream(source, waiter), new OutputStream(sink, waiter)]
  }

  #connected() {
    if (this.#state.name !== 'connected') throw socketError('invalid-state')
    return this.#state
  }
}
