import { ComponentError } from '@wasm-plugin/runtime'
import type { ServiceCaller } from '../../protocol/service-map.js'
import type { NetworkErrorCode, SocketEvent } from '../../protocol/sockets.js'
import type { Readiness } from '../io/readiness.js'
import type { Waiter } from '../io/waiter.js'

/** How the sockets of one instance reach the host's thread. */
export interface SocketLink {
  readonly services: ServiceCaller
  readonly waiter: Waiter
}

export type Family = 'ipv4' | 'ipv6'

export class Network {}

export function socketError(code: NetworkErrorCode): ComponentError<NetworkErrorCode> {
  return new ComponentError(code)
}

/** When an event of a socket has happened, asked of the host's thread. */
export function socketEvent({ services }: SocketLink, id: number, event: SocketEvent): Readiness {
  return { ready: () => services.call('socket.ready', [id, event]), remote: [id, event] }
}

/** A setting that is kept and answered, and that the host's sockets have no use for. */
export function positive<T extends number | bigint>(value: T): T {
  if (value <= 0) throw socketError('invalid-argument')
  return value
}
