import { chain } from '../../awaitable.js'
import { codeOf, type IoError } from '../io/error.js'
import { Pollable } from '../io/poll.js'
import { always } from '../io/readiness.js'
import type { Waiter } from '../io/waiter.js'
import { fromText, type IpAddress } from './address.js'
import { type Family, Network, type SocketLink, socketError } from './link.js'
import { TcpSocket } from './tcp-socket.js'
import { IncomingDatagramStream, OutgoingDatagramStream, UdpSocket } from './udp-socket.js'

/** `wasi:sockets` for a plugin with a grant for some. What is allowed is decided on the host's thread, at each use. */
export function createSockets(link: SocketLink) {
  return {
    instanceNetwork: { instanceNetwork: () => new Network() },
    network: { Network, networkErrorCode: (error: IoError) => codeOf(error, 'network') },
    ipNameLookup: {
      ResolveAddressStream,
      resolveAddresses: (_network: Network, name: string) =>
        chain(
          link.services.call('dns.resolve', [name]),
          (addresses) => new ResolveAddressStream(addresses, link.waiter),
        ),
    },
    tcp: { TcpSocket },
    tcpCreateSocket: { createTcpSocket: (family: Family) => new TcpSocket(checked(family), link) },
    udp: { UdpSocket, IncomingDatagramStream, OutgoingDatagramStream },
    udpCreateSocket: { createUdpSocket: (family: Family) => new UdpSocket(checked(family), link) },
  }
}

class ResolveAddressStream {
  readonly #left: string[]
  readonly #waiter: Waiter

  constructor(addresses: readonly string[], waiter: Waiter) {
    this.#left = [...addresses]
    this.#waiter = waiter
  }

  resolveNextAddress(): IpAddress | undefined {
    const next = this.#left.shift()
    return next === undefined ? undefined : fromText(next)
  }

  subscribe(): Pollable {
    return new Pollable(always, this.#waiter)
  }
}

function checked(family: Family): Family {
  if (family !== 'ipv4' && family !== 'ipv6') throw socketError('not-supported')
  return family
}
