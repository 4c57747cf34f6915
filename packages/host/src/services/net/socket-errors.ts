import { ComponentError } from '@wasm-plugin/runtime'

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

const FROM_ERRNO = new Map<string, NetworkErrorCode>([
  ['EACCES', 'access-denied'],
  ['EADDRINUSE', 'address-in-use'],
  ['EADDRNOTAVAIL', 'address-not-bindable'],
  ['EAI_AGAIN', 'temporary-resolver-failure'],
  ['ECONNABORTED', 'connection-aborted'],
  ['ECONNREFUSED', 'connection-refused'],
  ['ECONNRESET', 'connection-reset'],
  ['EHOSTUNREACH', 'remote-unreachable'],
  ['EMSGSIZE', 'datagram-too-large'],
  ['ENETUNREACH', 'remote-unreachable'],
  ['ENODATA', 'name-unresolvable'],
  ['ENOTFOUND', 'name-unresolvable'],
  ['EPIPE', 'connection-reset'],
  ['ETIMEDOUT', 'timeout'],
])

export function networkError(code: NetworkErrorCode, reason?: string): ComponentError<NetworkErrorCode> {
  return new ComponentError(code, reason === undefined ? code : `${code}: ${reason}`)
}

/** What Node says about a failed operation, in the words of WASI and in no others. */
export function fromNodeError(error: unknown): ComponentError<NetworkErrorCode> {
  if (ComponentError.is(error)) return error as ComponentError<NetworkErrorCode>
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
  return networkError(FROM_ERRNO.get(code) ?? 'unknown')
}
