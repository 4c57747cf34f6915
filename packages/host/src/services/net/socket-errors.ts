import { ComponentError } from '@wasm-plugin/runtime'
import { type NetworkErrorCode, networkError } from '@wasm-plugin/wasi'

const FROM_ERRNO = new Map<string, NetworkErrorCode>([
  ['EACCES', 'access-denied'],
  ['EADDRINUSE', 'address-in-use'],
  ['EADDRNOTAVAIL', 'address-not-bindable'],
  ['EAI_AGAIN', 'temporary-resolver-failure'],
  ['ECONNABORTED', 'connection-aborted'],
  ['ECONNREFUSED', 'connection-refused'],
  ['ECONNRESET', 'connection-reset'],
  ['ESERVFAIL', 'temporary-resolver-failure'],
  ['EHOSTUNREACH', 'remote-unreachable'],
  ['EMSGSIZE', 'datagram-too-large'],
  ['ENETUNREACH', 'remote-unreachable'],
  ['ENODATA', 'name-unresolvable'],
  ['ENOTFOUND', 'name-unresolvable'],
  ['EPIPE', 'connection-reset'],
  ['ETIMEDOUT', 'timeout'],
  ['ETIMEOUT', 'temporary-resolver-failure'],
])

/** What Node says about a failed operation, in the words of WASI and in no others. */
export function fromNodeError(error: unknown): ComponentError<NetworkErrorCode> {
  if (ComponentError.is(error)) return error as ComponentError<NetworkErrorCode>
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
  return networkError(FROM_ERRNO.get(code) ?? 'unknown')
}
