import { ComponentError } from '@wasm-plugin/runtime/errors'
import type {
  FieldList,
  HeldBytes,
  HttpErrorCode,
  HttpEvent,
  NetLimits,
  RequestHead,
  ResponseHead,
  Use,
  WebTarget,
} from '@wasm-plugin/wasi'

/** A request that is allowed. */
export interface AllowedRequest {
  readonly web: WebTarget
  readonly head: RequestHead
  /** What was allowed. */
  readonly use: Use
  readonly limits: NetLimits
  /** Counts what is left of answers that the plugin does not read. */
  readonly held: HeldBytes
  /** Called once, when the connection is closed: by the plugin, by a failure, or because the answer is here. */
  readonly onOver: () => void
}

/** One request and its response, as a platform carries them out. What fails throws a `ComponentError`. */
export interface HttpExchange {
  /** What allowed it; undefined when nothing more can come of it. */
  readonly use: Use | undefined
  /** Takes bytes of the request's body; resolves when more may come. */
  write(bytes: Uint8Array): Promise<void>
  end(trailers: FieldList): Promise<void>
  response(): Promise<ResponseHead>
  /** Up to `max` bytes that have arrived; empty if none have; `null` at the end of the body. */
  read(max: number): Uint8Array | null
  /** Everything of the body was read. */
  readonly isRead: boolean
  trailers(): Promise<FieldList>
  isReady(event: HttpEvent): boolean
  whenReady(event: HttpEvent, signal?: AbortSignal): Promise<void>
  /** Gives up its connection, if it needs none any more. */
  settle(): void
  /** Whoever waits for it, or asks later, gets `reason`. */
  close(reason?: HttpErrorCode): void
}

export function httpError(code: HttpErrorCode, reason?: string): ComponentError<HttpErrorCode> {
  return new ComponentError(code, reason === undefined ? code.tag : `${code.tag}: ${reason}`)
}
