import { PluginError } from '@wasm-plugin/host'

/** Something that keeps a request from its plugin, or its plugin from an answer. */
export interface Failure {
  readonly status: number
  readonly code: string
  /** For logs. */
  readonly message: string
  /** Seconds after which the client may try again. */
  readonly retryAfter?: number
}

/** Codes whose status is another one than 500. */
const STATUS = new Map([
  ['OPTIONS_INVALID', 400],
  ['POOL_SATURATED', 503],
  ['THREADS_UNENDING', 503],
  ['PLUGIN_SUSPENDED', 503],
  ['PLUGIN_CLOSED', 503],
  ['DEADLINE_EXCEEDED', 504],
  ['CGI_RESPONSE_INVALID', 502],
  ['CGI_NO_OUTPUT', 502],
  ['CGI_REQUEST_TOO_LARGE', 413],
])

/** The client left; the status is that of logs alone. */
export const CLIENT_LEFT = 499

/** Whatever the host throws. */
export function failureOf(error: unknown): Failure {
  if (!PluginError.is(error)) return { status: 500, code: 'UNKNOWN', message: String(error) }
  const { code, message, data } = error
  const status = code === 'CALL_ABORTED' ? CLIENT_LEFT : (STATUS.get(code) ?? 500)
  if (status !== 503) return { status, code, message }
  const { retryMs } = data as { retryMs?: unknown }
  return {
    status,
    code,
    message,
    retryAfter: typeof retryMs === 'number' ? Math.max(1, Math.ceil(retryMs / 1000)) : 1,
  }
}

export const failures = {
  noRoute: { status: 404, code: 'NO_ROUTE', message: 'no route is for this request' },
  closing: { status: 503, code: 'CLOSING', message: 'the gateway is closing', retryAfter: 1 },
  badTarget: { status: 400, code: 'BAD_TARGET', message: 'the target of the request is none that is served' },
  badHost: {
    status: 400,
    code: 'BAD_HOST',
    message: 'the field `host` is there twice, or is no host and port',
  },
  badCoding: {
    status: 501,
    code: 'BAD_CODING',
    message: 'the body comes in another transfer coding than chunks',
  },
  left: { status: CLIENT_LEFT, code: 'CLIENT_LEFT', message: 'the client left before its request was whole' },
  tooLarge: { status: 413, code: 'BODY_TOO_LARGE', message: 'the body is larger than its route allows' },
} satisfies Record<string, Failure>
