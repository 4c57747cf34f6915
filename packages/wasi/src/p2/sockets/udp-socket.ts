import { DISPOSE } from '@wasm-plugin/runtime/internal'
import { type Awaitable, chain, inOrder, rescue, unawaited } from '../../awaitable.js'
import type { Endpoint } from '../../protocol/sockets.js'
import { Pollable } from '../io/poll.js'
import { always } from '../io/readiness.js'
import { fromEndpoint, type IpSocketAddress, toEndpoint } from './address.js'
import { type Network, positive, type SocketLink, socketError, socketEvent } from './link.js'
import { Socket } from './socket.js'

/** Datagrams that one call takes or gives. */
const BATCH = 16
/** Bytes of one datagram over IP. */
const MAX_DATA = 65_507

interface Bound {
  readonly id: number
  readonly local: Endpoint
}

/** `wasi:sockets/udp#udp-socket`: sends to granted addresses and hears only from those it sent to. */
export class UdpSocket extends Socket {
  #bound: Bound | undefined
  #binding = false
  #remote: IpSocketAddress | undefined

  startBind(_network: Network, local: IpSocketAddress): Awaitable<void> {
    if (this.#bound !== undefined || this.#binding) throw socketError('invalid-state')
    if (local.tag !== this.family) throw socketError('invalid-argument')
    // A port of one's own choosing would be a service for others.
    if (local.val.port !== 0) throw socketError('access-denied')
    const { address } = toEndpoint(local)
    const opened = this.link.services.call('udp.open', [this.family === 'ipv4' ? 4 : 6, address])
    return chain(opened, (bound) => {
      this.#bound = bound
      this.#binding = true
    })
  }

  finishBind(): void {
    if (!this.#binding) throw socketError('not-in-progress')
    this.#binding = false
  }

  stream(remote: IpSocketAddress | undefined): [IncomingDatagramStream, OutgoingDatagramStream] {
    const { id } = this.#ready()
    if (remote !== undefined && (remote.tag !== this.family || remote.val.port === 0))
      throw socketError('invalid-argument')
    this.#remote = remote
    return [
      new IncomingDatagramStream(this.link, id, remote),
      new OutgoingDatagramStream(this.link, id, remote),
    ]
  }

  localAddress(): IpSocketAddress {
    return fromEndpoint(this.#ready().local)
  }

  remoteAddress(): IpSocketAddress {
    if (this.#remote === undefined) throw socketError('invalid-state')
    return this.#remote
  }

  unicastHopLimit(): number {
    return this.hops
  }

  setUnicastHopLimit(value: number): void {
    this.hops = positive(value)
  }

  subscribe(): Pollable {
    return new Pollable(always, this.link.waiter)
  }

  [DISPOSE](): void {
    if (this.#bound !== undefined) unawaited(this.link.services.call('socket.close', [this.#bound.id]))
  }

  #ready(): Bound {
    if (this.#bound === undefined || this.#binding) throw socketError('invalid-state')
    return this.#bound
  }
}

export class IncomingDatagramStream {
  readonly #link: SocketLink
  readonly #id: number
  readonly #from: Endpoint | undefined

  constructor(link: SocketLink, id: number, remote: IpSocketAddress | undefined) {
    this.#link = link
    this.#id = id
    this.#from = remote && toEndpoint(remote)
  }

  receive(maxResults: bigint): Awaitable<{ data: Uint8Array; remoteAddress: IpSocketAddress }[]> {
    const max = maxResults < BigInt(BATCH) ? Number(maxResults) : BATCH
    return chain(this.#link.services.call('udp.receive', [this.#id, max]), (datagrams) =>
      datagrams
        .filter((datagram) => this.#isWanted(datagram))
        .map((datagram) => ({ data: datagram.data, remoteAddress: fromEndpoint(datagram) })),
    )
  }

  subscribe(): Pollable {
    return new Pollable(socketEvent(this.#link, this.#id, 'readable'), this.#link.waiter)
  }

  #isWanted({ address, port }: Endpoint): boolean {
    return this.#from === undefined || (this.#from.address === address && this.#from.port === port)
  }
}

export class OutgoingDatagramStream {
  readonly #link: SocketLink
  readonly #id: number
  readonly #to: IpSocketAddress | undefined

  constructor(link: SocketLink, id: number, remote: IpSocketAddress | undefined) {
    this.#link = link
    this.#id = id
    this.#to = remote
  }

  checkSend(): bigint {
    return BigInt(BATCH)
  }

  send(datagrams: { data: Uint8Array; remoteAddress: IpSocketAddress | undefined }[]): Awaitable<bigint> {
    let sent = 0n
    let isOver = false
    const all = inOrder(datagrams.slice(0, BATCH), ({ data, remoteAddress }) => {
      if (isOver) return
      const to = remoteAddress ?? this.#to
      if (to === undefined) throw socketError('invalid-argument')
      if (data.length > MAX_DATA) throw socketError('datagram-too-large')
      const datagram = { data: data.slice(), ...toEndpoint(to) }
      return rescue(
        () =>
          chain(this.#link.services.call('udp.send', [this.#id, datagram]), () => {
            sent++
          }),
        (error) => {
          // The ones before did go out.
          if (sent === 0n) throw error
          isOver = true
        },
      )
    })
    return chain(all, () => sent)
  }

  subscribe(): Pollable {
    return new Pollable(always, this.#link.waiter)
  }
}
