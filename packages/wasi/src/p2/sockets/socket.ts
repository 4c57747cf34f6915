import { type Family, positive, type SocketLink } from './link.js'

/** What sockets of either protocol have. Settings are kept and answered; the host's sockets have no use for them. */
export class Socket {
  protected readonly family: Family
  protected readonly link: SocketLink
  /** Named differently by the two protocols. */
  protected hops = 64
  #receiveBuffer = 65_536n
  #sendBuffer = 65_536n

  constructor(family: Family, link: SocketLink) {
    this.family = family
    this.link = link
  }

  addressFamily(): Family {
    return this.family
  }

  receiveBufferSize(): bigint {
    return this.#receiveBuffer
  }

  setReceiveBufferSize(value: bigint): void {
    this.#receiveBuffer = positive(value)
  }

  sendBufferSize(): bigint {
    return this.#sendBuffer
  }

  setSendBufferSize(value: bigint): void {
    this.#sendBuffer = positive(value)
  }
}
