import type { Socket } from 'node:net'
import { Changes } from '@wasm-plugin/embed/services'
import type { ComponentError } from '@wasm-plugin/runtime'
import {
  type Endpoint,
  type NetworkErrorCode,
  networkError,
  type ShutdownType,
  type SocketEvent,
} from '@wasm-plugin/wasi'
import { builtIn } from '../../node/built-in.js'
import type { Connecting } from './connecting.js'
import { fromNodeError } from './socket-errors.js'

export interface TcpParts {
  readonly connectTimeoutMs: number
  readonly connecting: Connecting
  /** Called once, when the connection is closed: by the plugin, by a failure, or by both sides. */
  readonly onOver: () => void
}

/** One outgoing TCP connection of a plugin. It is over when both sides have ended it, or when it failed. */
export class TcpConnection {
  /** Undefined when the connection is over. */
  #socket: Socket | undefined
  readonly #onOver: () => void
  readonly #changes = new Changes()
  #connected = false
  #ended = false
  #failure: ComponentError<NetworkErrorCode> | undefined

  constructor({ address, port }: Endpoint, { connectTimeoutMs, connecting, onOver }: TcpParts) {
    const socket = builtIn.net.connect({ host: address, port, allowHalfOpen: true })
    this.#socket = socket
    this.#onOver = onOver
    // What a plugin leaves open does not keep the process alive; a call that waits for it does.
    socket.unref()
    const giveUp = () => this.#fail(networkError('timeout'))
    const timer = setTimeout(giveUp, connectTimeoutMs).unref()
    const made = connecting.add(giveUp)
    socket.once('connect', () => {
      clearTimeout(timer)
      made()
      this.#connected = true
      this.#changes.notify()
    })
    // Paused: what the plugin does not read stays in the kernel and slows the sender down.
    socket.on('readable', () => {
      if (socket.readableLength === 0) socket.read(0)
      this.#changes.notify()
    })
    socket.on('end', () => {
      this.#ended = true
      this.#changes.notify()
    })
    socket.on('drain', () => this.#changes.notify())
    socket.on('error', (error) => this.#fail(fromNodeError(error)))
    socket.on('close', () => {
      clearTimeout(timer)
      made()
      this.#ended = true
      this.#release()
    })
  }

  /** Both ends, once connected. */
  async finish(): Promise<{ local: Endpoint; remote: Endpoint }> {
    await this.whenReady('connected')
    this.#throwFailure()
    const { localAddress = '', localPort = 0, remoteAddress = '', remotePort = 0 } = this.#socket ?? {}
    return {
      local: { address: localAddress, port: localPort },
      remote: { address: remoteAddress, port: remotePort },
    }
  }

  /** Up to `max` bytes that have arrived; empty if none have; `null` at the end. */
  read(max: number): Uint8Array | null {
    this.#throwFailure()
    const socket = this.#socket
    const size = Math.min(max, socket?.readableLength ?? 0)
    if (socket === undefined || size === 0) return this.#ended ? null : new Uint8Array()
    const chunk: Buffer = socket.read(size)
    if (socket.readableLength === 0) socket.read(0)
    return new Uint8Array(chunk)
  }

  /** Resolves when the connection wants more. */
  async write(bytes: Uint8Array): Promise<void> {
    this.#throwFailure()
    if (this.#socket === undefined) throw networkError('connection-aborted')
    if (this.#socket.write(bytes)) return
    await this.#until(() => this.#socket?.writableNeedDrain !== true)
    this.#throwFailure()
  }

  shutdown(how: ShutdownType): void {
    if (how !== 'receive') this.#socket?.end()
    if (how === 'send') return
    this.#ended = true
    this.#socket?.resume()
    this.#changes.notify()
  }

  isReady(event: SocketEvent): boolean {
    if (this.#failure !== undefined) return true
    return event === 'connected' ? this.#connected : this.#ended || (this.#socket?.readableLength ?? 0) > 0
  }

  whenReady(event: SocketEvent, signal?: AbortSignal): Promise<void> {
    return this.#until(() => this.isReady(event), signal)
  }

  /** Whoever waits for it, or asks later, gets `reason`. */
  close(reason: NetworkErrorCode = 'connection-aborted'): void {
    this.#fail(networkError(reason))
  }

  /** Also when it has failed: nothing more will change then. */
  #until(condition: () => boolean, signal?: AbortSignal): Promise<void> {
    return this.#changes.until(() => condition() || this.#failure !== undefined, signal)
  }

  #fail(error: ComponentError<NetworkErrorCode>): void {
    this.#failure ??= error
    this.#socket?.destroy()
    this.#release()
  }

  /** The connection is over: it holds nothing any more, whatever the plugin does with its handles. */
  #release(): void {
    this.#socket = undefined
    this.#onOver()
    this.#changes.notify()
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure
  }
}
