import type { HttpField, HttpResponse } from '@wasm-plugin/host'
import type { Failure } from './failure.js'
import type { Origin } from './forwarded.js'

/** A request, whoever brought it. */
export interface Asked {
  readonly method: string
  /** As the client sent it: path and query, or a whole URL. */
  readonly target: string
  /** What the connection says. */
  readonly direct: Origin
  readonly fields: readonly HttpField[]
  /** What `content-length` says; undefined where the body has no length. */
  readonly length: number | undefined
  /** The body: of bytes, or read as the plugin reads it. Null where there is none. */
  readonly body: (() => Promise<Uint8Array | AsyncIterable<Uint8Array>>) | null
  readonly trailers: () => readonly HttpField[]
  readonly signal: AbortSignal
  readonly onInformational?: ((status: number, headers: readonly HttpField[]) => void) | undefined
}

/** What the client gets. */
export interface Answer {
  readonly response: HttpResponse
  readonly failure: Failure | undefined
  /** The route that answered, or would have. */
  readonly route: string | undefined
  /** Why the gateway cut the response, where it did. */
  readonly cutFor?: (() => Failure | undefined) | undefined
}
