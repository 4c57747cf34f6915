import { ComponentError } from '@wasm-plugin/runtime/errors'

/** What the plugin's thread and the host's thread say to each other about sockets. */

/** What can be waited for with `io.wait`. */
export type SocketEvent = 'connected' | 'readable'

export type ShutdownType = 'receive' | 'send' | 'both'

export interface Endpoint {
  readonly address: string
  readonly port: number
}

export interface Datagram extends Endpoint {
  readonly data: Uint8Array
}

/** `wasi:sockets/network#error-code`, as far as we answer with it. */
export type NetworkErrorCode =
  | 'access-denied'
  | 'address-in-use'
  | 'address-not-bindable'
  | 'connection-aborted'
  | 'connection-refused'
  | 'connection-reset'
  | 'datagram-too-large'
  | 'invalid-argument'
  | 'invalid-state'
  | 'name-unresolvable'
  | 'new-socket-limit'
  | 'not-in-progress'
  | 'not-supported'
  | 'remote-unreachable'
  | 'temporary-resolver-failure'
  | 'timeout'
  | 'unknown'
  | 'would-block'

export function networkError(code: NetworkErrorCode, reason?: string): ComponentError<NetworkErrorCode> {
  return new ComponentError(code, reason === undefined ? code : `${code}: ${reason}`)
}
