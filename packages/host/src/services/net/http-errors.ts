import type { HttpErrorCode, PlainHttpError } from '@wasm-plugin/wasi'

const CODES = new Map<string, PlainHttpError>([
  ['ECONNREFUSED', 'connection-refused'],
  ['ECONNRESET', 'connection-terminated'],
  ['EPIPE', 'connection-terminated'],
  ['ETIMEDOUT', 'connection-timeout'],
  ['EHOSTUNREACH', 'destination-unavailable'],
  ['ENETUNREACH', 'destination-unavailable'],
  ['ETIMEOUT', 'DNS-timeout'],
  ['EADDRNOTAVAIL', 'destination-unavailable'],
  ['EPROTO', 'TLS-protocol-error'],
  ['CERT_HAS_EXPIRED', 'TLS-certificate-error'],
  ['CERT_NOT_YET_VALID', 'TLS-certificate-error'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'TLS-certificate-error'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'TLS-certificate-error'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'TLS-certificate-error'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'TLS-certificate-error'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'TLS-certificate-error'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'TLS-certificate-error'],
])

/** What Node says about a failed connection, in the words of WASI; nothing of its text, which names host and port. */
export function codeOfNodeError(error: unknown): HttpErrorCode {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
  const known = CODES.get(code)
  if (known !== undefined) return { tag: known }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'ENODATA' || code === 'ESERVFAIL')
    return { tag: 'DNS-error', val: { rcode: undefined, infoCode: undefined } }
  if (code === 'HPE_HEADER_OVERFLOW') return { tag: 'HTTP-response-header-section-size', val: undefined }
  if (code.startsWith('HPE_')) return { tag: 'HTTP-protocol-error' }
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) return { tag: 'TLS-protocol-error' }
  if (code === 'ERR_HTTP_CONTENT_LENGTH_MISMATCH') return { tag: 'HTTP-request-body-size', val: undefined }
  return { tag: 'internal-error', val: undefined }
}
