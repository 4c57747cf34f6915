import { DISPOSE } from '@wasm-plugin/runtime/internal'
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

  startConnect(_network: Network, remote: IpSocketAddress): void {
    if (this.#state.name !== 'unbound') throw socketError('invalid-state')
    if (remote.tag !== this.family || remote.val.port === 0) throw socketError('invalid-argument')
    const id = this.link.services.call('tcp.open', [toEndpoint(remote)])
    this.#state = { name: 'connecting', id }
  }

  finishConnect(): [InputStream, OutputStream] {
    if (this.#state.name !== 'connecting') throw socketError('not-in-progress')
    const { services, waiter } = this.link
    const { id } = this.#state
    if (!services.call('socket.ready', [id, 'connected'])) throw socketError('would-block')
    const ends = services.call('tcp.finish', [id])
    this.#state = { name: 'connected', id, ...ends }
    const source = remoteSource({
      kind: 'network',
      read(max) {
        const bytes = services.call('tcp.read', [id, max, false])
        return { bytes, isLast: bytes === null }
      },
      readiness: socketEvent(this.link, id, 'readable'),
    })
    const sink = {
      permit: () => WRITE,
      write: (bytes: Uint8Array) =>
        asStream('network', () => void services.call('tcp.write', [id, bytes.slice()])),
      writable: always,
      close() {},
    }
    return [new InputStream(source, waiter), new OutputStream(sink, waiter)]
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

  shutdown(how: 'receive' | 'send' | 'both'): void {
    this.link.services.call('tcp.shutdown', [this.#connected().id, how])
  }

  [DISPOSE](): void {
    if (this.#state.name !== 'unbound') this.link.services.call('socket.close', [this.#state.id])
  }

  #connected() {
    if (this.#state.name !== 'connected') throw socketError('invalid-state')
    return this.#state
  }
}
