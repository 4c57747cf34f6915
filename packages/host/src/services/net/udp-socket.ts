import type { Socket } from 'node:dgram'
import { Changes } from '@wasm-plugin/embed/services'
import { type Datagram, type Endpoint, networkError, type SocketEvent } from '@wasm-plugin/wasi'
import { builtIn } from '../../node/built-in.js'
import { fromNodeError } from './socket-errors.js'

/** Datagrams kept while the plugin does not receive; later ones are dropped, as UDP may. */
const MAX_KEPT = 256

/** One UDP socket of a plugin, on a port that the system chose. */
export class UdpSocket {
  readonly #socket: Socket
  readonly #kept: Datagram[] = []
  /** Only those answer whom the plugin was allowed to send to. */
  readonly #peers = new Map<string, Endpoint>()
  readonly #onOver: () => void
  readonly #changes = new Changes()
  #closed = false
  #denied = false

  /** @param onOver Called once, when the socket is closed. */
  constructor(family: 4 | 6, onOver: () => void) {
    this.#onOver = onOver
    this.#socket = builtIn.dgram.createSocket({
      type: family === 4 ? 'udp4' : 'udp6',
      ipv6Only: family === 6,
    })
    // What a plugin leaves open does not keep the process alive; a call that waits for it does.
    this.#socket.unref()
    this.#socket.on('message', (data, { address, port }) => {
      if (!this.#peers.has(`${address} ${port}`) || this.#kept.length >= MAX_KEPT) return
      this.#kept.push({ data: new Uint8Array(data), address, port })
      this.#changes.notify()
    })
    // An error of an earlier datagram (port unreachable) is none of the socket.
    this.#socket.on('error', () => {})
  }

  /** Binds to a port that the system chooses. */
  async bind(address: string): Promise<Endpoint> {
    await new Promise<void>((resolve, reject) => {
      this.#socket.once('error', (error) => reject(fromNodeError(error)))
      this.#socket.bind(0, address, resolve)
    })
    const { address: local, port } = this.#socket.address()
    return { address: local, port }
  }

  async send({ data, address, port }: Datagram): Promise<void> {
    this.#peers.set(`${address} ${port}`, { address, port })
    this.#denied = false
    await new Promise<void>((resolve, reject) => {
      this.#socket.send(data, port, address, (error) => (error ? reject(fromNodeError(error)) : resolve()))
    })
  }

  receive(max: number): Datagram[] {
    if (this.#closed) throw networkError('invalid-state')
    if (this.#denied) throw networkError('access-denied')
    return this.#kept.splice(0, max)
  }

  /** Hears no more from the others; a socket that has lost all of its peers fails. */
  keepPeers(isAllowed: (peer: Endpoint) => boolean): void {
    for (const [key, peer] of this.#peers) if (!isAllowed(peer)) this.#lose(key)
    if (this.#denied) this.#changes.notify()
  }

  isReady(): boolean {
    return this.#closed || this.#denied || this.#kept.length > 0
  }

  whenReady(_event: SocketEvent, signal?: AbortSignal): Promise<void> {
    return this.#changes.until(() => this.isReady(), signal)
  }

  #lose(key: string): void {
    this.#peers.delete(key)
    this.#denied = this.#peers.size === 0
    const others = this.#kept.filter(({ address, port }) => `${address} ${port}` !== key)
    this.#kept.splice(0, this.#kept.length, ...others)
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#socket.close()
    this.#onOver()
    this.#changes.notify()
  }
}
